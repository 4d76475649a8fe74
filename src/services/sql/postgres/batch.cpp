#include "services/sql/postgres/batch.h"

#include <algorithm>

#include "services/sql/postgres/error.h"

namespace sluice::services::sql {
namespace {

constexpr const char* kSavepoint = "SAVEPOINT one";

/// What ends a transaction has time to, also after the deadline: what stands before the write that
/// was too late stays, and whether it does must be known.
Deadline for_ending(Deadline deadline) {
    return Deadline(std::max(deadline.at(), Deadline::after(std::chrono::seconds(2)).at()));
}

void add(Exchange& exchange, std::string text) {
    exchange.commands.push_back({std::move(text), {}, nullptr});
}

void add(Exchange& exchange, const Statement& statement, RowSink& sink) {
    exchange.commands.push_back({statement.text, statement.values, &sink});
}

/// Where the first failure was, when all ran together.
struct Together {
    std::vector<Written> written;
    std::optional<std::size_t> failed_at;
};

/// What stands around writes that run together.
struct Around {
    const char* begin;
    const char* end;
    /// Both at once: nothing of them stays.
    const char* undo;
    const char* undo_too;
};
constexpr Around kTransaction{"BEGIN", "COMMIT", "ROLLBACK", nullptr};
constexpr Around kSavepoints{"SAVEPOINT many", "RELEASE SAVEPOINT many",
                             "ROLLBACK TO SAVEPOINT many", "RELEASE SAVEPOINT many"};

/// `begin` and the first `count` writes in one go. What began stays open, or is aborted.
Task<Result<Together>> run_together(PostgresPool& pool,
                                    PostgresConnectionRef connection,
                                    Executor shard,
                                    const char* begin,
                                    const std::vector<Write>& writes,
                                    std::size_t count,
                                    Deadline deadline) {
    auto exchange = std::make_shared<Exchange>(shard);
    std::vector<JsonRows> rows;
    rows.reserve(count);
    add(*exchange, begin);
    hold_nothing(writes);
    for (std::size_t i = 0; i < count; ++i) {
        rows.emplace_back(*writes[i].shape, writes[i].budget);
        add(*exchange, writes[i].statement, rows.back());
    }
    const Status status = co_await run_exchange(pool, connection, exchange, deadline);
    if (!status && exchange->sqlstate.empty()) {
        co_return fail(status.error());  // lost, or too late
    }
    if (!status && exchange->failed_at == 0) {
        co_return fail(status.error());  // the begin itself: no write was tried
    }
    Together together;
    const std::size_t ran = status ? count : exchange->failed_at - 1;
    for (std::size_t i = 0; i < ran && !together.failed_at; ++i) {
        together.written.push_back(judge(writes[i], rows[i]));
        if (!together.written.back()) {
            together.failed_at = i;
        }
    }
    if (!status && !together.failed_at) {
        if (exchange->sqlstate == kQueryCanceled || exchange->has_stale_plan) {
            co_return fail(status.error());
        }
        together.failed_at = ran;
        together.written.push_back(fail(told(writes[ran], status.error())));
    }
    co_return together;
}

/// `command` stands before the write's own, when it is not empty.
Task<Written> run_write(PostgresPool& pool,
                        PostgresConnectionRef connection,
                        Executor shard,
                        const Write& write,
                        std::string command,
                        Deadline deadline) {
    if (write.refusal) {
        co_return fail(*write.refusal);
    }
    JsonRows rows(*write.shape, write.budget);
    auto exchange = std::make_shared<Exchange>(shard);
    if (!command.empty()) {
        add(*exchange, std::move(command));
    }
    add(*exchange, write.statement, rows);
    Status status = co_await run_exchange(pool, connection, exchange, deadline);
    if (status && touched_nothing(rows) && write.otherwise) {
        auto second = std::make_shared<Exchange>(shard);
        add(*second, *write.otherwise, rows);
        status = co_await run_exchange(pool, connection, second, deadline);
    }
    if (!status) {
        co_return fail(told(write, std::move(status).error()));
    }
    co_return judge(write, rows);
}

Task<Written> run_steps(PostgresPool& pool,
                        PostgresConnectionRef connection,
                        Executor shard,
                        Steps& steps,
                        Deadline deadline) {
    CO_CHECK(co_await run_command(pool, connection, shard, kSavepoint, deadline));
    steps.start();
    while (const std::optional<Write> step = steps.next()) {
        Written written = co_await run_write(pool, connection, shard, *step, "", deadline);
        if (!written) {
            co_return fail(steps.told(std::move(written).error()));
        }
        steps.take(std::move(*written));
    }
    co_return steps.answer();
}

Task<Written> write_under_savepoint(PostgresPool& pool,
                                    PostgresConnectionRef connection,
                                    Executor shard,
                                    const Write& write,
                                    Deadline deadline) {
    if (write.refusal) {
        co_return fail(*write.refusal);
    }
    Task<Written> under_way = write.steps
                                  ? run_steps(pool, connection, shard, *write.steps, deadline)
                                  : run_write(pool, connection, shard, write, kSavepoint, deadline);
    Written written = co_await std::move(under_way);
    if (connection->is_broken()) {
        co_return written;
    }
    auto end = std::make_shared<Exchange>(shard);
    if (!written) {
        add(*end, "ROLLBACK TO SAVEPOINT one");
    }
    add(*end, "RELEASE SAVEPOINT one");
    // Also after the deadline: the transaction must be left as it was.
    const Status ended =
        co_await run_exchange(pool, connection, end, Deadline::after(std::chrono::seconds(2)));
    if (!ended) {
        connection->close();
        co_return fail(ended.error());
    }
    co_return written;
}

bool has_refusal_or_alternative(const Write& write) {
    return write.refusal.has_value() || write.otherwise.has_value() || write.steps != nullptr;
}

/// Also after the deadline.
Task<Status> undo(PostgresPool& pool,
                  PostgresConnectionRef connection,
                  Executor shard,
                  const Around& around) {
    auto exchange = std::make_shared<Exchange>(shard);
    add(*exchange, around.undo);
    if (around.undo_too != nullptr) {
        add(*exchange, around.undo_too);
    }
    co_return co_await run_exchange(pool, connection, exchange,
                                    Deadline::after(std::chrono::seconds(2)));
}

/// The hopeful way: everything in one go, looked at before it ends.
/// Shape:  null when the writes must run one after the other; nothing of them is left then.
/// Errors: of the whole. What was begun may still be open.
Task<Result<std::optional<std::vector<Written>>>> write_hopefully(PostgresPool& pool,
                                                                  PostgresConnectionRef connection,
                                                                  Executor shard,
                                                                  const Around& around,
                                                                  const Writes& writes,
                                                                  Deadline deadline) {
    std::size_t count = writes.writes.size();
    std::optional<Written> failure;
    while (std::ranges::none_of(writes.writes, has_refusal_or_alternative)) {
        CO_TRY(auto together, co_await run_together(pool, connection, shard, around.begin,
                                                    writes.writes, count, deadline));
        if (!together.failed_at) {
            CO_CHECK(co_await run_command(pool, connection, shard, around.end, deadline));
            if (failure) {
                together.written.push_back(std::move(*failure));
            }
            co_return std::move(together.written);
        }
        CO_CHECK(co_await undo(pool, connection, shard, around));
        if (writes.mode == BatchMode::Rollback) {
            co_return std::move(together.written);
        }
        if (writes.mode == BatchMode::Continue) {
            break;
        }
        // What stood before the failure stays: it runs again, alone.
        failure = std::move(together.written.back());
        count = *together.failed_at;
        if (count == 0) {
            std::vector<Written> only;
            only.push_back(std::move(*failure));
            co_return only;
        }
    }
    co_return std::nullopt;
}

/// Each under a savepoint.
Task<Result<std::vector<Written>>> write_each(PostgresPool& pool,
                                              PostgresConnectionRef connection,
                                              Executor shard,
                                              const Writes& writes,
                                              Deadline deadline) {
    std::vector<Written> written;
    hold_nothing(writes.writes);
    if (writes.mode == BatchMode::Rollback) {
        CO_CHECK(co_await run_command(pool, connection, shard, "SAVEPOINT job", deadline));
    }
    for (const Write& write : writes.writes) {
        written.push_back(co_await write_under_savepoint(pool, connection, shard, write, deadline));
        if (connection->is_broken()) {
            co_return fail(written.back()
                               ? Error(ErrorKind::ServiceUnavailable, "The database went away.")
                               : written.back().error());
        }
        if (!written.back() && writes.mode != BatchMode::Continue) {
            break;
        }
    }
    if (writes.mode == BatchMode::Rollback) {
        const bool has_failed = !written.empty() && !written.back();
        CO_CHECK(
            co_await run_command(pool, connection, shard,
                                 has_failed ? "ROLLBACK TO SAVEPOINT job" : "RELEASE SAVEPOINT job",
                                 Deadline::after(std::chrono::seconds(2))));
    }
    co_return written;
}

}  // namespace

Task<Status> run_exchange(PostgresPool& pool,
                          PostgresConnectionRef connection,
                          ExchangeRef exchange,
                          Deadline deadline) {
    const Abandon abandon(exchange);
    connection->send(exchange);
    if (!exchange->is_over) {
        const bool is_done = co_await exchange->done.wait_until(deadline);
        if (!is_done || !exchange->is_over) {
            co_await pool.cancel(connection, exchange);
            if (!exchange->is_over) {
                connection->close();
            }
            if (!exchange->is_over && !exchange->failure) {
                co_return fail(ErrorKind::UpstreamTimeout,
                               "The database did not answer in time; whether the change was made "
                               "is not known.");
            }
        }
    }
    if (exchange->failure) {
        co_return fail(*exchange->failure);
    }
    co_return Status();
}

Task<Status> run_command(PostgresPool& pool,
                         PostgresConnectionRef connection,
                         Executor shard,
                         std::string text,
                         Deadline deadline) {
    auto exchange = std::make_shared<Exchange>(shard);
    add(*exchange, std::move(text));
    co_return co_await run_exchange(pool, connection, exchange, deadline);
}

Task<Result<std::vector<Written>>> write_guarded(PostgresPool& pool,
                                                 PostgresConnectionRef connection,
                                                 Executor shard,
                                                 const Writes& writes,
                                                 Deadline deadline) {
    if (writes.writes.size() > 1) {
        auto hopeful =
            co_await write_hopefully(pool, connection, shard, kSavepoints, writes, deadline);
        if (!hopeful && !connection->is_broken()) {
            // What was stopped must leave the transaction as it was.
            const Status undone = co_await undo(pool, connection, shard, kSavepoints);
            if (!undone) {
                connection->close();
            }
        }
        CO_TRY(auto written, std::move(hopeful));
        if (written) {
            co_return std::move(*written);
        }
    }
    co_return co_await write_each(pool, connection, shard, writes, deadline);
}

Task<Result<std::vector<Written>>> write_in_transaction(PostgresPool& pool,
                                                        PostgresConnectionRef connection,
                                                        Executor shard,
                                                        const Writes& writes,
                                                        Deadline deadline) {
    CO_TRY(auto hopeful,
           co_await write_hopefully(pool, connection, shard, kTransaction, writes, deadline));
    if (hopeful) {
        co_return std::move(*hopeful);
    }
    CO_CHECK(co_await run_command(pool, connection, shard, "BEGIN", deadline));
    auto written = co_await write_each(pool, connection, shard, writes, deadline);
    if (connection->is_broken()) {
        co_return written;
    }
    CO_CHECK(co_await run_command(pool, connection, shard, written ? "COMMIT" : "ROLLBACK",
                                  for_ending(deadline)));
    co_return written;
}

}  // namespace sluice::services::sql
