#pragma once
/// What came through ODBC -> the one Error, by SQLSTATE where the database's own numbers are not
/// known.

#include "core/error.h"
#include "services/sql/odbc/report.h"

namespace sluice::services::sql {

/// "23000 2627: Violation of ...": for the log.
std::string detail_of(const OdbcReport& report);

/// Shape: never SQL, values, hosts or users in the message.
Error from_odbc(const OdbcReport& report);

/// The connection is of no more use: whether what was sent last has happened is not known.
bool is_lost(const OdbcReport& report);

/// Why a connection could not be made, in words that help whoever configures it. `driver` is the
/// name that the driver manager was given.
Error from_failed_connect(const OdbcReport& report, std::string_view driver);

/// The driver is not registered: what to install.
Error driver_is_missing(std::string_view driver);

}  // namespace sluice::services::sql
