#pragma once
/// Calls of routines over ODBC.

#include "services/sql/odbc/pool.h"
#include "services/sql/session.h"

namespace sluice::services::sql {

/// The statements of `call` one after the other, every result of the last two into `sink`. They
/// may leave anything behind in the session: the connection is to be given up.
/// Errors: as of Database::call.
Task<Status> run_call(OdbcPool& pool,
                      OdbcConnectionRef connection,
                      const RoutineCall& call,
                      ResultSink& sink,
                      Deadline deadline);

}  // namespace sluice::services::sql
