#pragma once
/// PostgreSQL's errors, read back from the one text that its ODBC driver makes of their parts.

#include "core/error.h"
#include "services/sql/odbc/report.h"
#include "services/sql/postgres/error.h"

namespace sluice::services::sql {

/// `ERROR: null value in column "x" ...\nDETAIL: ...;\nError while executing the query`
PostgresReport postgres_report(const OdbcReport& report);

/// The driver does not tell the table; otherwise as from_sqlstate.
Error from_postgres_odbc(const OdbcReport& report);

}  // namespace sluice::services::sql
