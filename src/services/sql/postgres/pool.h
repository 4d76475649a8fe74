#pragma once
/// The connections of one shard to one PostgreSQL database: two that quick statements share in
/// pipelines, and a few that are lent out whole.

#include <atomic>
#include <memory>
#include <vector>

#include "services/sql/gate.h"
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
    Task<Result<PostgresConnectionRef>> lend(Deadline deadline);
    void give_back(PostgresConnectionRef connection);
    bool are_all_lent() const { return lent_.is_full(); }
    /// Closes what nobody uses: the server has just closed another one.
    void drop_idle();

    /// Asks the server to stop what `connection` runs, and waits a second at most until it did.
    /// One such request is under way at a time; others return at once, and the caller closes.
    Task<void> cancel(PostgresConnectionRef connection, ExchangeRef exchange);

private:
    struct Opening;
    /// One attempt is under way at a time; others wait for what becomes of it.
    Task<Result<PostgresConnectionRef>> open(Deadline deadline, std::string statement_timeout);
    static Task<void> open_in_background(std::shared_ptr<Opening> opening);
    PostgresConnectionRef least_busy() const;
    /// How many of the shared ones do not wait for a slow statement.
    std::size_t flowing() const;
    std::string shared_timeout() const;

    std::shared_ptr<const PostgresSettings> settings_;
    Executor shard_;
    boost::asio::thread_pool& pool_;
    Gate opening_;
    Gate lent_;
    std::vector<PostgresConnectionRef> shared_;
    std::vector<PostgresConnectionRef> idle_;
    std::shared_ptr<Opening> attempt_;
    /// After a failed connect nobody tries again for a moment.
    std::optional<Error> last_failure_;
    Deadline::Clock::time_point retry_at_;
    std::shared_ptr<std::atomic<bool>> is_cancelling_ = std::make_shared<std::atomic<bool>>(false);
};

}  // namespace sluice::services::sql
