#pragma once
/// Connections of one shard: made in the background, lent to one user at a time.

#include <functional>
#include <list>
#include <memory>
#include <optional>
#include <string>
#include <utility>
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

inline Error all_in_use() {
    return Error(ErrorKind::ServiceUnavailable, "All connections to the database are in use.");
}

/// Makes connections, one at a time, for callers who may give up waiting.
/// Threads: one shard.
template <typename Connection>
class Opener {
public:
    using Ref = std::shared_ptr<Connection>;
    /// Makes a connection of the sort that is asked for; must own what it uses.
    using Make = std::function<Task<Result<Ref>>(std::string sort)>;

    Opener(Executor shard, Make make) : shard_(shard), make_(std::move(make)) {}

    /// While one attempt is under way, others wait for what becomes of it. It goes on when the
    /// deadline passes, for them or for the next; what nobody waits for any more is closed.
    /// Errors: those of `make`, for a moment also without trying again; UpstreamTimeout.
    Task<Result<Ref>> open(std::string sort, Deadline deadline) {
        while (true) {
            if (last_failure_ && Deadline::Clock::now() < retry_at_) {
                co_return fail(*last_failure_);
            }
            const bool is_first = !attempt_ || attempt_->is_over;
            if (is_first) {
                attempt_ = std::make_shared<Attempt>(sort);
            }
            const std::shared_ptr<Attempt> attempt = attempt_;
            const auto signal = std::make_shared<Signal>(shard_);
            attempt->waiting.push_back(signal);
            if (is_first) {  // it may end at once, and then must find who waits
                boost::asio::co_spawn(shard_, run(attempt, make_(sort)), boost::asio::detached);
            }
            const bool is_done = co_await signal->wait_until(deadline);
            attempt->waiting.remove(signal);
            if (attempt->failure) {
                last_failure_ = attempt->failure;
                retry_at_ = Deadline::Clock::now() + kRetryPause;
                co_return fail(*attempt->failure);
            }
            const bool is_ours = is_done && attempt->sort == sort;
            Ref connection = is_ours ? std::exchange(attempt->made, nullptr) : nullptr;
            if (attempt->is_over && attempt->waiting.empty()) {
                attempt->give_up();  // nobody left who could want it
            }
            if (connection) {
                last_failure_.reset();
                co_return connection;
            }
            if (!is_done) {
                co_return fail(answered_too_late());
            }
        }
    }

private:
    /// After a failure nobody tries again for a moment.
    static constexpr std::chrono::milliseconds kRetryPause{500};

    /// A connection on its way; outlives a caller who gives up waiting.
    struct Attempt {
        explicit Attempt(std::string sort_) : sort(std::move(sort_)) {}
        ~Attempt() { give_up(); }
        Attempt(const Attempt&) = delete;
        Attempt& operator=(const Attempt&) = delete;

        void end(Result<Ref> result) {
            is_over = true;
            if (result) {
                made = std::move(*result);
            } else {
                failure = std::move(result).error();
            }
            if (waiting.empty()) {
                give_up();
            }
            for (const auto& signal : waiting) {
                signal->set();
            }
        }
        void give_up() {
            if (made) {
                std::exchange(made, nullptr)->close();
            }
        }

        std::string sort;
        Ref made;
        std::optional<Error> failure;
        bool is_over = false;
        std::list<std::shared_ptr<Signal>> waiting;
    };

    static Task<void> run(std::shared_ptr<Attempt> attempt, Task<Result<Ref>> making) {
        attempt->end(co_await std::move(making));
    }

    Executor shard_;
    Make make_;
    std::shared_ptr<Attempt> attempt_;
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

    /// What it lends is of `sort`, and is opened by `opener`, which must outlive it.
    LendingPool(Executor shard, std::size_t most, Opener<Connection>& opener, std::string sort)
        : gate_(shard, most), opener_(opener), sort_(std::move(sort)) {}
    ~LendingPool() { drop_idle(); }
    LendingPool(const LendingPool&) = delete;
    LendingPool& operator=(const LendingPool&) = delete;

    /// One for the caller alone; `give_back` must follow.
    /// Errors: ServiceUnavailable when the database cannot be reached, or when all are lent until
    ///         the deadline; UpstreamTimeout.
    Task<Result<Ref>> lend(Deadline deadline) {
        const bool is_in = co_await gate_.enter(deadline);
        if (!is_in) {
            co_return fail(all_in_use());
        }
        while (!idle_.empty()) {
            Ref connection = std::move(idle_.back());
            idle_.pop_back();
            if (connection->is_usable()) {
                co_return connection;
            }
            connection->close();
        }
        auto opened = co_await opener_.open(sort_, deadline);
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

    bool are_all_lent() const { return gate_.is_full(); }

    /// Closes what nobody uses: the server has just closed another one.
    void drop_idle() {
        for (const Ref& connection : idle_) {
            connection->close();
        }
        idle_.clear();
    }

private:
    Gate gate_;
    Opener<Connection>& opener_;
    std::string sort_;
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
