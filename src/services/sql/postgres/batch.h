#pragma once
/// Several writes in one transaction of a connection that is lent out whole.

#include "services/sql/postgres/pool.h"
#include "services/sql/session.h"

namespace sluice::services::sql {

/// One exchange on a lent connection, stopped at the deadline.
/// Errors: from_sqlstate; ServiceUnavailable when the connection is lost; UpstreamTimeout.
Task<Status> run_exchange(PostgresPool& pool,
                          PostgresConnectionRef connection,
                          ExchangeRef exchange,
                          Deadline deadline);
/// The same for one command without values or rows.
Task<Status> run_command(PostgresPool& pool,
                         PostgresConnectionRef connection,
                         Executor shard,
                         std::string text,
                         Deadline deadline);

/// All `writes` on `connection`, as their mode says, in a transaction of their own.
Task<Result<std::vector<Written>>> write_in_transaction(PostgresPool& pool,
                                                        PostgresConnectionRef connection,
                                                        Executor shard,
                                                        const Writes& writes,
                                                        Deadline deadline);

/// All `writes` inside the transaction that is open, together or each under a savepoint.
Task<Result<std::vector<Written>>> write_guarded(PostgresPool& pool,
                                                 PostgresConnectionRef connection,
                                                 Executor shard,
                                                 const Writes& writes,
                                                 Deadline deadline);

}  // namespace sluice::services::sql
