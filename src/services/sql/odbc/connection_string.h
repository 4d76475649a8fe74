#pragma once
/// Settings -> the connection string of ODBC, in which no value can be taken for a keyword.

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "services/sql/odbc/settings.h"

namespace sluice::services::sql {

/// `{value}` with each closing brace doubled; a value that could not end early stands bare, since
/// most drivers take braces with some keywords only. Shape: UTF-8 in, UTF-8 out.
std::string odbc_value(std::string_view value);

/// "DRIVER={FreeTDS};SERVER={db};...", without braces around values where the flavor's drivers know
/// none.
std::string connection_string(const OdbcSettings& settings);

/// Whether a driver manager finds a driver of this name, and nothing else: no path, no file.
bool is_driver_name(std::string_view name);

/// Letters, digits, blanks and underscores; none that would name a driver, a file to load or to
/// write, or a data source, or that has a field of its own.
bool is_free_keyword(std::string_view keyword);

/// By its name, or that of the library registered under it.
bool is_driver_of_sqlite(std::string_view driver);

/// The drivers that this machine has registered.
std::vector<std::string> registered_drivers();

}  // namespace sluice::services::sql
