#include "services/sql/postgres/driver.h"

#include <algorithm>

#include "services/sql/postgres/batch.h"
#include "services/sql/postgres/error.h"
#include "services/sql/step_writer.h"

namespace sluice::services::sql {
namespace {

using LentConnection = Lent<PostgresPool, PostgresConnection>;

/// Also after the deadline: a transaction must be left as it was.
constexpr auto kTidyTime = std::chrono::seconds(2);
/// A read in company that does not come to its turn in this time goes elsewhere.
constexpr auto kPatience = std::chrono::milliseconds(30);

constexpr TransactionWords kPostgresWords{
    "BEGIN", "COMMIT", "ROLLBACK", "SAVEPOINT", "ROLLBACK TO SAVEPOINT", "RELEASE SAVEPOINT"};

/// Counts a statement among those that are run on their own.
class Alone {
public:
    Alone(store::TextMap<int>& running, const std::string& text) : running_(running), text_(text) {
        ++running_[text_];
    }
    ~Alone() {
        const auto found = running_.find(text_);
        if (--found->second == 0) {
            running_.erase(found);
        }
    }
    Alone(const Alone&) = delete;
    Alone& operator=(const Alone&) = delete;

private:
    store::TextMap<int>& running_;
    const std::string& text_;
};

ExchangeRef exchange_of(const Statement& statement, RowSink& sink, Executor shard) {
    auto exchange = std::make_shared<Exchange>(shard);
    exchange->commands.push_back({statement.text, statement.values, &sink});
    return exchange;
}

class PostgresTransaction : public Transaction {
public:
    PostgresTransaction(std::unique_ptr<LentConnection> lent, Executor shard)
        : lent_(std::move(lent)), shard_(shard) {}

    ~PostgresTransaction() override {
        if (is_open_) {
            lent_->connection()->close();  // the server rolls back what lost its connection
        }
    }
    PostgresTransaction(const PostgresTransaction&) = delete;
    PostgresTransaction& operator=(const PostgresTransaction&) = delete;

    /// Under a savepoint: a statement that fails would take with it all that follows.
    Task<Status> read(const Statement& statement, RowSink& sink, Deadline deadline) override {
        auto exchange = std::make_shared<Exchange>(shard_);
        exchange->commands.push_back({"SAVEPOINT one", {}, nullptr});
        exchange->commands.push_back({statement.text, statement.values, &sink});
        exchange->commands.push_back({"RELEASE SAVEPOINT one", {}, nullptr});
        Status status =
            co_await run_exchange(lent_->pool(), lent_->connection(), exchange, deadline);
        if (status || lent_->connection()->is_broken()) {
            co_return status;
        }
        auto undoing = std::make_shared<Exchange>(shard_);
        undoing->commands.push_back({"ROLLBACK TO SAVEPOINT one", {}, nullptr});
        undoing->commands.push_back({"RELEASE SAVEPOINT one", {}, nullptr});
        const Status undone = co_await run_exchange(lent_->pool(), lent_->connection(), undoing,
                                                    Deadline::after(kTidyTime));
        if (!undone) {
            lent_->connection()->close();
        }
        co_return status;
    }

    Task<Result<std::vector<Written>>> write(Writes writes, Deadline deadline) override {
        co_return co_await write_guarded(lent_->pool(), lent_->connection(), shard_, writes,
                                         deadline);
    }

    Task<Status> mark(Mark what, int number, Deadline deadline) override {
        auto exchange = std::make_shared<Exchange>(shard_);
        for (std::string& command : commands_of(kPostgresWords, what, number)) {
            exchange->commands.push_back({std::move(command), {}, nullptr});
        }
        Status status =
            co_await run_exchange(lent_->pool(), lent_->connection(), exchange, deadline);
        if (!status) {
            lent_->connection()->close();
        }
        co_return status;
    }

    Task<Status> commit(Deadline deadline) override { return end("COMMIT", deadline); }
    Task<Status> rollback() override {
        return end("ROLLBACK", Deadline::after(std::chrono::seconds(5)));
    }

private:
    Task<Status> end(std::string how, Deadline deadline) {
        Status status =
            co_await run_command(lent_->pool(), lent_->connection(), shard_, how, deadline);
        is_open_ = !status.has_value();
        co_return status;
    }

    std::unique_ptr<LentConnection> lent_;
    Executor shard_;
    bool is_open_ = true;
};

/// A cursor of the server in a transaction of its own, which ends with its connection's loan.
class PostgresCursor : public Cursor {
public:
    PostgresCursor(GatePlace place, std::unique_ptr<LentConnection> lent, Executor shard)
        : place_(std::move(place)), lent_(std::move(lent)), shard_(shard) {}
    ~PostgresCursor() override {
        if (!is_closed_) {
            lent_->connection()->close();  // the server drops what lost its connection
        }
    }
    PostgresCursor(const PostgresCursor&) = delete;
    PostgresCursor& operator=(const PostgresCursor&) = delete;

    Task<Status> open(Statement statement, Deadline deadline) {
        auto exchange = std::make_shared<Exchange>(shard_);
        exchange->commands.push_back({"BEGIN", {}, nullptr, true});
        exchange->commands.push_back({"DECLARE rows NO SCROLL CURSOR FOR " + statement.text,
                                      std::move(statement.values), nullptr, true});
        co_return co_await run_exchange(lent_->pool(), lent_->connection(), exchange, deadline);
    }

    Task<Result<bool>> fetch(RowSink& sink, std::size_t most, Deadline deadline) override {
        auto exchange = std::make_shared<Exchange>(shard_);
        // Prepared, it would keep the columns of this cursor's rows for those of the next.
        exchange->commands.push_back(
            {"FETCH FORWARD " + std::to_string(most) + " FROM rows", {}, &sink, true});
        CO_CHECK(co_await run_exchange(lent_->pool(), lent_->connection(), exchange, deadline));
        if (exchange->commands.front().rows == most) {
            co_return true;
        }
        const Status ended =
            co_await run_command(lent_->pool(), lent_->connection(), shard_, "ROLLBACK", deadline);
        is_closed_ = ended.has_value();
        co_return false;
    }

private:
    GatePlace place_;
    std::unique_ptr<LentConnection> lent_;
    Executor shard_;
    bool is_closed_ = false;
};

}  // namespace

PostgresDatabase::PostgresDatabase(PostgresSettings settings,
                                   std::size_t lent_at_most,
                                   EpochRef epoch,
                                   Executor shard,
                                   boost::asio::thread_pool& pool)
    : pool_(std::make_shared<PostgresPool>(std::move(settings), lent_at_most, shard, pool)),
      epoch_(std::move(epoch)),
      shard_(shard),
      lent_at_most_(lent_at_most),
      repeated_(shard, lent_at_most > 2 ? lent_at_most - 2 : 1),
      cursors_(shard, std::max<std::size_t>(1, lent_at_most / 2)) {}

Task<Status> PostgresDatabase::run_shared(const Statement& statement,
                                          RowSink& sink,
                                          Deadline deadline,
                                          Does does) {
    CO_TRY(const auto connection, co_await pool_->shared(deadline));
    if (!connection) {
        co_return co_await run_alone(statement, sink, deadline);
    }
    const ExchangeRef exchange = exchange_of(statement, sink, shard_);
    exchange->shares_sync = does == Does::Read;
    const Abandon abandon(exchange);
    connection->send(exchange);
    if (!exchange->is_over) {
        bool is_done = false;
        while (!is_done && !deadline.has_passed()) {
            is_done = co_await exchange->done.wait_until(
                does == Does::Read ? deadline.within(kPatience) : deadline);
            const Exchange* running = connection->running();
            if (is_done || running == nullptr || !connection->is_held_up(kPatience)) {
                continue;
            }
            const std::string& slow = running->commands.front().text;
            if (speed_.is_quick(slow)) {
                speed_.ran(slow, kPatience);  // not today
            }
            if (running != exchange.get() && does == Does::Read) {
                // A read goes elsewhere, but not to wait there for its like again.
                const bool is_like = slow == statement.text;
                exchange->abandon();
                sink.reset();
                if (is_like) {
                    co_return co_await run_alone(statement, sink, deadline);
                }
                co_return co_await run_shared(statement, sink, deadline, does);
            }
        }
        if (!is_done) {
            speed_.overran(statement.text);
            co_return fail(ErrorKind::UpstreamTimeout,
                           "The database did not answer in time; whether a change was made is "
                           "not known.");
        }
        if (!exchange->is_over) {  // too large, and more of it is coming
            co_await pool_->cancel(connection, exchange);
            co_return fail(*exchange->failure);
        }
    }
    if (!exchange->failure) {
        speed_.ran(statement.text, exchange->took);
        co_return Status();
    }
    if (exchange->sqlstate == kQueryCanceled || exchange->has_stale_plan) {
        // Stopped or refused before it did anything: it runs again, on its own.
        speed_.overran(statement.text);
        sink.reset();
        co_return co_await run_alone(statement, sink, deadline);
    }
    co_return fail(*exchange->failure);
}

Task<Status> PostgresDatabase::run_alone(const Statement& statement,
                                         RowSink& sink,
                                         Deadline deadline) {
    const bool is_repeated = alone_.contains(statement.text);
    const Alone alone(alone_, statement.text);
    bool is_in = true;
    if (is_repeated) {
        is_in = co_await repeated_.enter(deadline);
    }
    if (!is_in) {
        co_return fail(all_in_use());
    }
    const GatePlace place(is_repeated ? &repeated_ : nullptr);
    CO_TRY(auto connection, co_await pool_->lend(deadline));
    const LentConnection lent(pool_, std::move(connection));
    for (int tries = 0;; ++tries) {
        const ExchangeRef exchange = exchange_of(statement, sink, shard_);
        Status status = co_await run_exchange(*pool_, lent.connection(), exchange, deadline);
        if (status) {
            speed_.ran(statement.text, exchange->took);
            co_return status;
        }
        if (!exchange->has_stale_plan || tries > 0) {
            co_return status;
        }
        sink.reset();
    }
}

Task<Status> PostgresDatabase::run_once(const Statement& statement,
                                        RowSink& sink,
                                        Deadline deadline,
                                        Does does) {
    // Also one that is slow or new, when it would have to wait for others than its like.
    const bool is_squeezed_in =
        does == Does::Read && pool_->are_all_lent() && !alone_.contains(statement.text);
    if (is_squeezed_in || speed_.is_quick(statement.text)) {
        return run_shared(statement, sink, deadline, does);
    }
    return run_alone(statement, sink, deadline);
}

Task<Status> PostgresDatabase::read(const Statement& statement, RowSink& sink, Deadline deadline) {
    Status status = co_await run_once(statement, sink, deadline, Does::Read);
    if (status || status.error().kind() != ErrorKind::ServiceUnavailable) {
        co_return status;
    }
    // The server may have closed what was idle; a read may simply try again, on a new connection.
    sink.reset();
    pool_->drop_idle();
    co_return co_await run_alone(statement, sink, deadline);
}

Task<Written> PostgresDatabase::write_one(const Write& write, Deadline deadline) {
    if (write.refusal) {
        co_return fail(*write.refusal);
    }
    JsonRows rows(*write.shape);
    CO_CHECK(co_await run_once(write.statement, rows, deadline, Does::Write));
    if (touched_nothing(rows) && write.otherwise) {
        CO_CHECK(co_await run_once(*write.otherwise, rows, deadline, Does::Write));
    }
    co_return judge(write, rows);
}

Task<Result<std::vector<Written>>> PostgresDatabase::write(Writes writes, Deadline deadline) {
    if (writes.writes.size() == 1 && !writes.writes.front().returns_permission &&
        !writes.writes.front().may_return_many) {
        std::vector<Written> written;
        written.push_back(co_await write_one(writes.writes.front(), deadline));
        co_return written;
    }
    CO_TRY(auto connection, co_await pool_->lend(deadline));
    const LentConnection lent(pool_, std::move(connection));
    auto written =
        co_await write_in_transaction(*pool_, lent.connection(), shard_, writes, deadline);
    if (!written && !lent.connection()->is_broken()) {
        // Whatever state it was left in, the next user must not meet it.
        lent.connection()->close();
    }
    co_return written;
}

Task<Status> PostgresDatabase::call(const RoutineCall& call, ResultSink& sink, Deadline deadline) {
    CO_TRY(auto connection, co_await pool_->lend(deadline));
    const LentConnection lent(pool_, std::move(connection));
    auto exchange = std::make_shared<Exchange>(shard_);
    exchange->commands.push_back(
        {call.statement.text, call.statement.values, &sink, true, 0, &sink});
    Status status = co_await run_exchange(*pool_, lent.connection(), exchange, deadline);
    if (!status && is_inside_routine(exchange->sqlstate)) {
        status = fail(Error(ErrorKind::Internal, "The database refused the statement.")
                          .with_detail(status.error().detail()));
    }
    if (lent.connection()->is_at_rest()) {
        co_await pool_->renew(lent.connection());
    }
    co_return status;
}

Task<Result<std::unique_ptr<Transaction>>> PostgresDatabase::begin(Deadline deadline,
                                                                   Deadline /*until*/) {
    CO_TRY(auto connection, co_await pool_->lend(deadline));
    auto lent = std::make_unique<LentConnection>(pool_, std::move(connection));
    const Status begun =
        co_await run_command(*pool_, lent->connection(), shard_, "BEGIN", deadline);
    if (!begun) {
        lent->connection()->close();
        co_return fail(begun.error());
    }
    co_return std::make_unique<PostgresTransaction>(std::move(lent), shard_);
}

Task<Result<CursorRef>> PostgresDatabase::open_cursor(Statement statement, Deadline deadline) {
    if (lent_at_most_ < 2) {
        co_return CursorRef();  // it would hold up all that needs a connection for itself
    }
    const bool is_in = co_await cursors_.enter(deadline);
    if (!is_in) {
        co_return fail(ErrorKind::ServiceUnavailable, "Too many long lists are being read.");
    }
    GatePlace place(&cursors_);
    CO_TRY(auto connection, co_await pool_->lend(deadline));
    auto lent = std::make_unique<LentConnection>(pool_, std::move(connection));
    auto cursor = std::make_unique<PostgresCursor>(std::move(place), std::move(lent), shard_);
    CO_CHECK(co_await cursor->open(std::move(statement), deadline));
    co_return cursor;
}

}  // namespace sluice::services::sql
