#pragma once
/// Whether a text of SQL is one statement. The drivers run the first of several and are silent
/// about the rest, or refuse all of them on every connection; here they are refused when they are
/// saved.

#include <string>
#include <vector>

#include "core/result.h"

namespace sluice::services::sql {

/// The longest statement that is taken, in bytes.
inline constexpr std::size_t kMaxStatement = 8UL * 1024;

/// True when nothing but blanks, comments and semicolons follows the first statement. Semicolons in
/// texts, names in quotes, comments and `$tag$ ... $tag$` end nothing.
bool is_one_postgres_statement(const std::string& sql);
/// The same for MySQL, whose comments also begin with `#`; bodies of several statements are none.
bool is_one_mysql_statement(const std::string& sql);
/// The same for SQL Server, whose names stand in `[ ]` too and whose comments nest.
bool is_one_sqlserver_statement(const std::string& sql);
/// The same for SQLite, where the body of a trigger belongs to its statement.
bool is_one_sqlite_statement(const std::string& sql);

/// Errors: BadRequest naming the entry, from 1, that is too long or holds more than one.
Status check_one_each(const std::vector<std::string>& statements,
                      bool (*is_one)(const std::string&));

}  // namespace sluice::services::sql
