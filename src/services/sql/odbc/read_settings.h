#pragma once
/// The configuration of a service behind ODBC -> settings.

#include <string>

#include "core/json.h"
#include "core/result.h"
#include "services/sql/odbc/settings.h"

namespace sluice::services::sql {

struct OdbcService {
    OdbcSettings settings;
    /// Only the tables of this schema; empty: all, without a prefix those of the default one.
    std::string schema;
    std::string host;
    std::string port;
    std::size_t connections = 0;
};

/// A service of type `odbc`: any driver, a dialect of ours.
/// Errors (both): BadRequest naming the field that is missing, misspelt or wrong.
Result<OdbcService> read_odbc_settings(const json::object& config);
/// A service of type `sqlsrv`, over FreeTDS or Microsoft's own driver.
Result<OdbcService> read_sqlsrv_settings(const json::object& config);

}  // namespace sluice::services::sql
