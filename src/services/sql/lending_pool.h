#pragma once
/// Connections of one shard: made in the background, lent to one user at a time.

#include <functional>
#include <memory>
#include <optional>
#include <vector>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>

#include "core/async.h"
#include "core/result.h"
#include "services/sql/gate.h"

namespace sluice::services::sql {

inline Error answered_too_late() {
    return Error(ErrorKind::UpstreamTimeout, "The database did not answer in time.");
}

/// Makes connections for callers who may give up waiting.
/// Threads: one shard.
template <typename Connection>
class Opener {
public:
    using Ref = std::shared_ptr<Connection>;

    explicit Opener(Executor shard) : shard_(shard) {}

    /// `making` goes on when the deadline passes; what it makes is then closed.
    /// Errors: those of `making`, for a moment also without trying again; UpstreamTimeout.
    Task<Result<Ref>> open(Task<Result<Ref>> making, Deadline deadline) {
        if (last_failure_ && Deadline::Clock::now() < retry_at_) {
            co_return fail(*last_failure_);
        }
        const auto opening = std::make_shared<Opening>(shard_);
        boost::asio::co_spawn(shard_, run(opening, std::move(making)), boost::asio::detached);
        const bool is_done = co_await opening->done.wait_until(deadline);
        if (!is_done) {
            opening->is_given_up = true;
            if (opening->made && *opening->made) {  // it came after the deadline, before this line
                (**opening->made)->close();
            }
            co_return fail(answered_too_late());
        }
        if (!*opening->made) {
            last_failure_ = opening->made->error();
            retry_at_ = Deadline::Clock::now() + kRetryPause;
            co_return fail(*last_failure_);
        }
        last_failure_.reset();
        co_return std::move(**opening->made);
    }

private:
    /// After a failure nobody tries again for a moment.
    static constexpr std::chrono::milliseconds kRetryPause{500};

    struct Opening {
        explicit Opening(Executor shard) : done(shard) {}
        std::optional<Result<Ref>> made;
        bool is_given_up = false;
        Signal done;
    };

    static Task<void> run(std::shared_ptr<Opening> opening, Task<Result<Ref>> making) {
        Result<Ref> made = co_await std::move(making);
        if (made && opening->is_given_up) {
            (*made)->close();
        }
        opening->made = std::move(made);
        opening->done.set();
    }

    Executor shard_;
    std::optional<Error> last_failure_;
    Deadline::Clock::time_point retry_at_;
};

/// `Connection` has `is_usable()`, `is_at_rest()` (nothing runs on it, it is not broken) and
/// `close()`.
/// Threads: one shard.
template <typename Connection>
class LendingPool {
public:
    using Ref = std::shared_ptr<Connection>;
    using Make = std::function<Task<Result<Ref>>()>;

    LendingPool(Executor shard, std::size_t most, Make make)
        : gate_(shard, most), make_(std::move(make)) {}
    ~LendingPool() { drop_idle(); }
    LendingPool(const LendingPool&) = delete;
    LendingPool& operator=(const LendingPool&) = delete;

    /// One for the caller alone; `give_back` must follow.
    /// Errors: ServiceUnavailable when the database cannot be reached, or when all are lent until
    ///         the deadline; UpstreamTimeout.
    Task<Result<Ref>> lend(Opener<Connection>& opener, Deadline deadline) {
        const bool is_in = co_await gate_.enter(deadline);
        if (!is_in) {
            co_return fail(ErrorKind::ServiceUnavailable,
                           "All connections to the database are in use.");
        }
        while (!idle_.empty()) {
            Ref connection = std::move(idle_.back());
            idle_.pop_back();
            if (connection->is_usable()) {
                co_return connection;
            }
            connection->close();
        }
        auto opened = co_await opener.open(make_(), deadline);
        if (!opened) {
            gate_.leave();
        }
        co_return opened;
    }

    void give_back(Ref connection) {
        // What still runs something was given up on: nobody else may meet its state.
        if (connection->is_at_rest()) {
            idle_.push_back(std::move(connection));
        } else {
            connection->close();
        }
        gate_.leave();
    }

    /// Closes what nobody uses: the server has just closed another one.
    void drop_idle() {
        for (const Ref& connection : idle_) {
            connection->close();
        }
        idle_.clear();
    }

private:
    Gate gate_;
    Make make_;
    std::vector<Ref> idle_;
};

/// Gives a lent connection back however its use ends.
template <typename Pool, typename Connection>
class Lent {
public:
    Lent(std::shared_ptr<Pool> pool, std::shared_ptr<Connection> connection)
        : pool_(std::move(pool)), connection_(std::move(connection)) {}
    ~Lent() { pool_->give_back(std::move(connection_)); }
    Lent(const Lent&) = delete;
    Lent& operator=(const Lent&) = delete;

    const std::shared_ptr<Connection>& connection() const { return connection_; }
    Pool& pool() const { return *pool_; }

private:
    std::shared_ptr<Pool> pool_;
    std::shared_ptr<Connection> connection_;
};

}  // namespace sluice::services::sql
