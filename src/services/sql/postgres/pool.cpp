#include "services/sql/postgres/pool.h"

#include <algorithm>
#include <list>
#include <thread>
#include <utility>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/post.hpp>

#include "core/blocking.h"

namespace sluice::services::sql {
namespace {

using Clock = Deadline::Clock;

/// 2 connections x 16 statements: where throughput stops growing (docs/adr/0010).
constexpr std::size_t kSharedConnections = 2;
constexpr std::size_t kBusy = 8;
/// More are opened while some wait for a slow statement, which they do from this time on.
constexpr std::size_t kMostShared = 4;
constexpr auto kHeldUp = std::chrono::milliseconds(10);
/// A statement in company that takes longer is stopped, and run again on its own.
constexpr auto kSharedTimeout = std::chrono::milliseconds(250);
constexpr auto kConnectTime = std::chrono::seconds(5);
constexpr auto kRetryPause = std::chrono::milliseconds(500);
constexpr auto kCancelTime = std::chrono::seconds(1);

Error too_late() {
    return Error(ErrorKind::UpstreamTimeout, "The database did not answer in time.");
}

ExchangeRef set_up(const PostgresSettings& settings, const std::string& timeout, Executor shard) {
    auto exchange = std::make_shared<Exchange>(shard);
    const auto set = [&exchange](const char* name, std::string value) {
        exchange->commands.push_back({"SELECT pg_catalog.set_config($1, $2, false)",
                                      {Value(std::string(name)), Value(std::move(value))},
                                      nullptr});
    };
    set("DateStyle", "ISO, MDY");
    set("IntervalStyle", "iso_8601");
    set("bytea_output", "hex");
    set("standard_conforming_strings", "on");
    set("extra_float_digits", "1");
    set("statement_timeout", timeout);
    if (!settings.timezone.empty()) {
        set("TimeZone", settings.timezone);
    }
    if (!settings.schema.empty()) {
        exchange->commands.push_back(
            {"SELECT pg_catalog.set_config('search_path', "
             "pg_catalog.quote_ident($1) || ', public', false)",
             {Value(settings.schema)},
             nullptr});
    }
    for (const std::string& statement : settings.statements) {
        exchange->commands.push_back({statement, {}, nullptr});
    }
    return exchange;
}

}  // namespace

/// A connection on its way; outlives a caller who gives up waiting.
struct PostgresPool::Opening {
    Opening(std::shared_ptr<const PostgresSettings> settings_,
            std::string timeout_,
            Executor shard_,
            boost::asio::thread_pool& pool_)
        : settings(std::move(settings_)),
          timeout(std::move(timeout_)),
          shard(shard_),
          pool(pool_) {}
    ~Opening() {
        if (connection) {
            connection->close();
        }
    }
    Opening(const Opening&) = delete;
    Opening& operator=(const Opening&) = delete;

    void end() {
        is_over = true;
        if (waiting.empty()) {
            give_up();
        }
        for (const auto& signal : waiting) {
            signal->set();
        }
    }
    void give_up() {
        if (connection) {
            std::exchange(connection, nullptr)->close();
        }
    }

    std::shared_ptr<const PostgresSettings> settings;
    std::string timeout;
    Executor shard;
    boost::asio::thread_pool& pool;
    PostgresConnectionRef connection;
    std::optional<Error> failure;
    bool is_over = false;
    std::list<std::shared_ptr<Signal>> waiting;
};

PostgresPool::PostgresPool(PostgresSettings settings,
                           std::size_t lent_at_most,
                           Executor shard,
                           boost::asio::thread_pool& pool)
    : settings_(std::make_shared<const PostgresSettings>(std::move(settings))),
      shard_(shard),
      pool_(pool),
      opening_(shard, 1),
      lent_(shard, lent_at_most) {}

PostgresPool::~PostgresPool() {
    for (const auto& connection : shared_) {
        connection->close();
    }
    for (const auto& connection : idle_) {
        connection->close();
    }
}

Task<void> PostgresPool::open_in_background(std::shared_ptr<Opening> opening) {
    auto handle = co_await connect_postgres(opening->settings, kConnectTime, opening->pool);
    if (!handle) {
        opening->failure = handle.error();
        opening->end();
        co_return;
    }
    auto connection = PostgresConnection::start(*handle, opening->shard);
    const ExchangeRef exchange = set_up(*opening->settings, opening->timeout, opening->shard);
    connection->send(exchange);
    const bool is_set = co_await exchange->done.wait_until(Deadline::after(kConnectTime));
    if (!is_set || exchange->failure) {
        connection->close();
        opening->failure = exchange->failure ? *exchange->failure : too_late();
    } else {
        opening->connection = std::move(connection);
    }
    opening->end();
}

Task<Result<PostgresConnectionRef>> PostgresPool::open(Deadline deadline,
                                                       std::string statement_timeout) {
    while (true) {
        if (last_failure_ && Clock::now() < retry_at_) {
            co_return fail(*last_failure_);
        }
        if (!attempt_ || attempt_->is_over) {
            attempt_ = std::make_shared<Opening>(settings_, statement_timeout, shard_, pool_);
            boost::asio::co_spawn(shard_, open_in_background(attempt_), boost::asio::detached);
        }
        const std::shared_ptr<Opening> attempt = attempt_;
        const auto signal = std::make_shared<Signal>(shard_);
        attempt->waiting.push_back(signal);
        const bool is_done = co_await signal->wait_until(deadline);
        attempt->waiting.remove(signal);
        if (attempt->failure) {
            last_failure_ = attempt->failure;
            retry_at_ = Clock::now() + kRetryPause;
            co_return fail(*attempt->failure);
        }
        const bool is_ours =
            is_done && attempt->connection && attempt->timeout == statement_timeout;
        PostgresConnectionRef connection =
            is_ours ? std::exchange(attempt->connection, nullptr) : nullptr;
        if (attempt->is_over && attempt->waiting.empty()) {
            attempt->give_up();  // nobody left who could want it
        }
        if (connection) {
            last_failure_.reset();
            co_return connection;
        }
        if (!is_done) {
            co_return fail(too_late());
        }
    }
}

PostgresConnectionRef PostgresPool::least_busy() const {
    PostgresConnectionRef best;
    for (const auto& connection : shared_) {
        const bool is_better =
            connection->is_usable() && (!best || connection->in_flight() < best->in_flight());
        best = is_better && !connection->is_held_up(kHeldUp) ? connection : best;
    }
    return best;
}

std::size_t PostgresPool::flowing() const {
    return static_cast<std::size_t>(std::ranges::count_if(shared_, [](const auto& connection) {
        return !connection->is_broken() && !connection->is_held_up(kHeldUp);
    }));
}

std::string PostgresPool::shared_timeout() const {
    const auto own = settings_->statement_timeout;
    return std::to_string(
        (own.count() > 0 ? std::min(own, kSharedTimeout) : kSharedTimeout).count());
}

Task<Result<PostgresConnectionRef>> PostgresPool::shared(Deadline deadline) {
    PostgresConnectionRef best = least_busy();
    const auto is_enough = [this](const PostgresConnectionRef& connection) {
        return connection && (connection->in_flight() < kBusy || flowing() >= kSharedConnections);
    };
    if (is_enough(best) || (best && opening_.is_full())) {
        co_return best;
    }
    const bool is_in = co_await opening_.enter(deadline);
    if (!is_in) {
        co_return fail(too_late());
    }
    std::erase_if(shared_, [](const auto& connection) { return connection->is_broken(); });
    best = least_busy();
    Result<PostgresConnectionRef> opened = best;  // null: all are held up
    if (!is_enough(best) && shared_.size() < kMostShared) {
        opened = co_await open(deadline, shared_timeout());
        if (opened) {
            shared_.push_back(*opened);
        }
    }
    opening_.leave();
    if (!opened && !shared_.empty()) {
        co_return best;
    }
    co_return opened;
}

Task<Result<PostgresConnectionRef>> PostgresPool::lend(Deadline deadline) {
    const bool is_in = co_await lent_.enter(deadline);
    if (!is_in) {
        co_return fail(ErrorKind::ServiceUnavailable,
                       "All connections to the database are in use.");
    }
    while (!idle_.empty()) {
        PostgresConnectionRef connection = std::move(idle_.back());
        idle_.pop_back();
        if (connection->is_usable()) {
            co_return connection;
        }
        connection->close();
    }
    auto opened = co_await open(deadline, std::to_string(settings_->statement_timeout.count()));
    if (!opened) {
        lent_.leave();
    }
    co_return opened;
}

void PostgresPool::give_back(PostgresConnectionRef connection) {
    // What still runs something was given up on: nobody else may meet its state.
    if (connection->is_broken() || connection->in_flight() > 0) {
        connection->close();
    } else {
        idle_.push_back(std::move(connection));
    }
    lent_.leave();
}

void PostgresPool::drop_idle() {
    for (const auto& connection : idle_) {
        connection->close();
    }
    idle_.clear();
}

Task<void> PostgresPool::cancel(PostgresConnectionRef connection, ExchangeRef exchange) {
    if (is_cancelling_->exchange(true)) {
        co_return;  // the server may not even answer that; the connection is closed instead
    }
    // Not waited for, and on no thread of the pool, which is joined when the server stops: towards
    // a host that drops packets it blocks for minutes. There is one at a time.
    std::thread([cancel = connection->make_cancel(), is_busy = is_cancelling_] {
        cancel->request();
        is_busy->store(false);
    }).detach();
    if (!exchange->is_over) {
        co_await exchange->done.wait_until(Deadline::after(kCancelTime));
    }
}

}  // namespace sluice::services::sql
