#pragma once
/// A table to create, as a client describes it.

#include <algorithm>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/json.h"
#include "core/result.h"
#include "services/sql/schema.h"

namespace sluice::services::sql {

/// That one request may make or change.
inline constexpr std::size_t kMaxTables = 100;
inline constexpr int kDefaultPrecision = 10;
inline constexpr int kDefaultScale = 2;

struct NewColumn {
    std::string name;
    /// The simple type: id, reference, string, integer ...
    std::string type;
    std::optional<int> length;
    std::optional<int> precision;
    std::optional<int> scale;
    /// As JSON text; empty when there is none.
    std::string default_json;
    bool allows_null = true;
    bool is_primary_key = false;
    bool is_unique = false;
    bool is_index = false;
    bool is_auto_increment = false;
    /// A string that is filled up to its length.
    bool is_fixed_length = false;
    std::string ref_table;
    std::string ref_field;
    std::string ref_on_delete;
    std::string ref_on_update;

    /// Of a decimal, with what stands in for sizes that are not given: "12,2".
    std::string decimal_sizes() const {
        const int digits = precision.value_or(kDefaultPrecision);
        return std::to_string(digits) + "," +
               std::to_string(scale.value_or(std::min(kDefaultScale, digits)));
    }
};

struct NewTable {
    std::string name;
    std::vector<NewColumn> columns;
    /// Indexes into `columns`, in the order of the primary key.
    std::vector<std::size_t> keys;
};

/// What values of a simple type are; types that fill themselves are like those they end in.
Kind kind_of_type(std::string_view type);

/// Shape: `{"resource":[{"name":..,"field":[..]}]}`, a bare list, or one bare table.
/// Errors: BadRequest naming the table and field that cannot be.
Result<std::vector<NewTable>> read_new_tables(std::string_view body);

/// One member of `field`.
/// Errors: BadRequest naming the field and what is wrong; NotImplemented for what cannot be kept.
Result<NewColumn> read_new_column(const json::value& given);
/// The same of a field whose name and members are known to be right.
Result<NewColumn> read_column_members(const json::object& field, std::string name);

/// `what`: "table", "field".
/// Errors: BadRequest saying what a name must be.
Status check_name(std::string_view name, std::string_view what);

/// Errors: BadRequest for a default that the field itself would not take.
Status check_default(const NewColumn& column);
Status check_default(const Column& column, const std::string& default_json);

}  // namespace sluice::services::sql
