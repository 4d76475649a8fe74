#pragma once
/// The connections of one shard to one PostgreSQL database: two that quick statements share in
/// pipelines, and a few that are lent out whole.

#include <memory>
#include <vector>

#include "services/sql/gate.h"
#include "services/sql/lending_pool.h"
#include "services/sql/lone_thread.h"
#include "services/sql/postgres/connection.h"

namespace boost::asio {
class thread_pool;
}

namespace sluice::services::sql {

using PostgresConnectionRef = std::shared_ptr<PostgresConnection>;

/// Threads: one shard.
class PostgresPool {
public:
    PostgresPool(PostgresSettings settings,
                 std::size_t lent_at_most,
                 Executor shard,
                 boost::asio::thread_pool& pool);
    ~PostgresPool();
    PostgresPool(const PostgresPool&) = delete;
    PostgresPool& operator=(const PostgresPool&) = delete;

    /// One for quick statements, to be used at once. Those that wait for a slow one are passed
    /// over; null when all do, and as many as there may be are open. Errors: ServiceUnavailable
    /// when the database cannot be reached; UpstreamTimeout.
    Task<Result<PostgresConnectionRef>> shared(Deadline deadline);

    /// One for the caller alone; `give_back` must follow.
    /// Errors: as above, and ServiceUnavailable when all are lent until the deadline.
    Task<Result<PostgresConnectionRef>> lend(Deadline deadline) { return lent_.lend(deadline); }
    void give_back(PostgresConnectionRef connection) { lent_.give_back(std::move(connection)); }
    bool are_all_lent() const { return lent_.are_all_lent(); }
    void drop_idle() { lent_.drop_idle(); }

    /// Makes the session of a lent connection what it was when it was set up; closes it when that
    /// fails.
    Task<void> renew(PostgresConnectionRef connection);

    /// Asks the server to stop what `connection` runs, and waits a second at most until it did.
    /// One such request is under way at a time; others return at once, and the caller closes.
    Task<void> cancel(PostgresConnectionRef connection, ExchangeRef exchange);

private:
    PostgresConnectionRef least_busy() const;
    /// How many of the shared ones do not wait for a slow statement.
    std::size_t flowing() const;
    std::string shared_timeout() const;
    std::string lent_timeout() const;

    std::shared_ptr<const PostgresSettings> settings_;
    Executor shard_;
    Gate opening_;
    /// What is opened is told apart by its statement_timeout.
    Opener<PostgresConnection> opener_;
    LendingPool<PostgresConnection> lent_;
    std::vector<PostgresConnectionRef> shared_;
    LoneThread canceller_;
};

}  // namespace sluice::services::sql
