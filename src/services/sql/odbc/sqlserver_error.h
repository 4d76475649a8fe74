#pragma once
/// What SQL Server said -> the one Error, by its own numbers.

#include "core/error.h"
#include "services/sql/odbc/report.h"

namespace sluice::services::sql {

/// Shape: names field, key or constraint where the server does; never SQL or values of others.
Error from_sqlserver(const OdbcReport& report);

/// The server has rolled the whole transaction back.
bool ends_in_sqlserver(const OdbcReport& report);

/// A record that a new one refers to is not there; the report names the one referred to alone.
bool is_missing_record(const OdbcReport& report);

}  // namespace sluice::services::sql
