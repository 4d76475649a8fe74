#pragma once
/// The seam between the tables and the database that holds them: SQL that SQLite and PostgreSQL
/// both read ($1 parameters, "quoted" names, RETURNING, ON CONFLICT), and the few words that
/// differ. The only file that knows one database by name is its driver.

#include <cstdint>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "core/result.h"

namespace sluice::store {

/// Null, or a value. Drivers that have no booleans give integers back.
using Value = std::variant<std::monostate, bool, std::int64_t, std::string>;
using Values = std::vector<Value>;

/// Errors:  Conflict (a unique column), BadRequest (a reference to nothing), ServiceUnavailable
///          (locked, full, away), Internal. The database's own text goes into the detail.
/// Threads: one at a time.
class Database {
public:
    virtual ~Database() = default;
    /// Shape: one entry per row, one value per column.
    virtual Result<std::vector<Values>> query(std::string_view sql, const Values& values) = 0;
    /// Shape: how many rows were changed.
    virtual Result<std::int64_t> execute(std::string_view sql, const Values& values) = 0;
    /// Several statements, without parameters: for migrations.
    virtual Status run_script(const std::string& sql) = 0;
    /// Begins a transaction that may write, waiting for other writers.
    virtual Status begin() = 0;
    /// The type of a key column that counts by itself.
    virtual std::string_view identity_type() const = 0;
};

std::string text_of(const Value& value);
std::int64_t integer_of(const Value& value);
bool boolean_of(const Value& value);

}  // namespace sluice::store
