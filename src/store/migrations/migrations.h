#pragma once
/// The steps from an empty database to today's tables. A step that was released never changes.

#include <span>
#include <string_view>

#include "store/database.h"

namespace sluice::store {

struct Migration {
    int version;
    std::string_view name;
    /// `{identity}` stands for the type of a key that counts by itself.
    std::string_view sql;
};

/// In order; versions 1, 2, 3 ...
std::span<const Migration> migrations();

/// Brings the database up to the last step, each step in a transaction of its own.
///
/// Shape:  the version before; 0 for a new database.
/// Errors: ServiceUnavailable with one sentence when the database is newer than this program.
Result<int> migrate(Database& database);

extern const Migration kSystemTables;
extern const Migration kScriptIsolation;
extern const Migration kSchemaExtras;
extern const Migration kSchemaAliases;
extern const Migration kScriptTransaction;

}  // namespace sluice::store
