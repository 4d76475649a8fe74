#include "services/sql/postgres/pool.h"

#include <algorithm>

namespace sluice::services::sql {
namespace {

/// 2 connections x 16 statements: where throughput stops growing (docs/adr/0010).
constexpr std::size_t kSharedConnections = 2;
constexpr std::size_t kBusy = 8;
/// More are opened while some wait for a slow statement, which they do from this time on.
constexpr std::size_t kMostShared = 4;
constexpr auto kHeldUp = std::chrono::milliseconds(10);
/// A statement in company that takes longer is stopped, and run again on its own.
constexpr auto kSharedTimeout = std::chrono::milliseconds(250);
constexpr auto kConnectTime = std::chrono::seconds(5);
constexpr auto kCancelTime = std::chrono::seconds(1);
constexpr auto kRenewalTime = std::chrono::seconds(2);

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

/// Outlives a pool that goes away meanwhile.
Task<Result<PostgresConnectionRef>> connect_and_set_up(
    std::shared_ptr<const PostgresSettings> settings,
    std::string timeout,
    Executor shard,
    boost::asio::thread_pool& pool) {
    CO_TRY(auto* const handle, co_await connect_postgres(settings, kConnectTime, pool));
    auto connection = PostgresConnection::start(handle, shard);
    const ExchangeRef exchange = set_up(*settings, timeout, shard);
    connection->send(exchange);
    const bool is_set = co_await exchange->done.wait_until(Deadline::after(kConnectTime));
    if (!is_set || exchange->failure) {
        connection->close();
        co_return fail(exchange->failure ? *exchange->failure : answered_too_late());
    }
    co_return connection;
}

}  // namespace

PostgresPool::PostgresPool(PostgresSettings settings,
                           std::size_t lent_at_most,
                           Executor shard,
                           boost::asio::thread_pool& pool)
    : settings_(std::make_shared<const PostgresSettings>(std::move(settings))),
      shard_(shard),
      opening_(shard, 1),
      opener_(shard,
              [known = settings_, shard, &pool](std::string timeout) {
                  return connect_and_set_up(known, std::move(timeout), shard, pool);
              }),
      lent_(shard, lent_at_most, opener_, lent_timeout()) {}

PostgresPool::~PostgresPool() {
    for (const auto& connection : shared_) {
        connection->close();
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

std::string PostgresPool::lent_timeout() const {
    return std::to_string(settings_->statement_timeout.count());
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
        co_return fail(answered_too_late());
    }
    std::erase_if(shared_, [](const auto& connection) { return connection->is_broken(); });
    best = least_busy();
    Result<PostgresConnectionRef> opened = best;  // null: all are held up
    if (!is_enough(best) && shared_.size() < kMostShared) {
        opened = co_await opener_.open(shared_timeout(), deadline);
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

Task<void> PostgresPool::renew(PostgresConnectionRef connection) {
    // Before a sync of its own: it is refused inside of a transaction.
    auto discarded = std::make_shared<Exchange>(shard_);
    discarded->commands.push_back({"DISCARD ALL", {}, nullptr, true});
    connection->send(discarded);
    connection->forget_prepared();
    const ExchangeRef set = set_up(*settings_, lent_timeout(), shard_);
    connection->send(set);
    const bool is_done = co_await set->done.wait_until(Deadline::after(kRenewalTime));
    if (!is_done || discarded->failure || set->failure) {
        connection->close();
    }
}

Task<void> PostgresPool::cancel(PostgresConnectionRef connection, ExchangeRef exchange) {
    if (!canceller_.start([cancel = connection->make_cancel()] { cancel->request(); })) {
        co_return;  // the server may not even answer that; the connection is closed instead
    }
    if (!exchange->is_over) {
        co_await exchange->done.wait_until(Deadline::after(kCancelTime));
    }
}

}  // namespace sluice::services::sql
