#include "services/sql/mysql/writes.h"

#include <algorithm>

#include "services/sql/mysql/error.h"

namespace sluice::services::sql {
namespace {

/// What leaves a transaction as it was: also after the deadline.
Deadline for_tidying() {
    return Deadline::after(std::chrono::seconds(2));
}

MysqlCommandRef command_of(const Statement& statement, RowSink& sink, Executor shard) {
    auto command = std::make_shared<MysqlCommand>(shard);
    command->text = statement.text;
    command->values = statement.values;
    command->sink = &sink;
    return command;
}

/// What a server says to those who may not look at the table referred to.
constexpr unsigned kNamelessReference = 1216;

/// What a look after a change finds are other rows than those changed, or not all of them: what a
/// role may see of it is not known either. A conflict, for `told` to put in the words of the role.
Error not_the_rows_changed() {
    return {ErrorKind::Conflict,
            "The database keeps the record under another key than the one given, or under one that "
            "others share, and does not tell which; nothing was written."};
}

/// Whether a write may have changed something although it failed, or needs more than one statement.
bool needs_savepoint(const Write& write) {
    return write.returns_permission || write.may_return_many || write.reread.has_value() ||
           write.otherwise.has_value();
}

}  // namespace

Task<Status> run_statement(MysqlPool& pool,
                           MysqlConnectionRef connection,
                           const Statement& statement,
                           RowSink& sink,
                           Deadline deadline) {
    co_return co_await pool.run(std::move(connection), command_of(statement, sink, pool.shard()),
                                deadline);
}

bool MysqlWriter::stands_alone(const Write& write) {
    return !needs_savepoint(write);
}

Task<Status> MysqlWriter::run(const Statement& statement, RowSink& sink) {
    last_ = command_of(statement, sink, pool_.shard());
    co_return co_await pool_.run(connection_, last_, deadline_);
}

Task<Status> MysqlWriter::control(std::string text, Deadline deadline) {
    co_return co_await pool_.run(connection_, std::move(text), deadline);
}

Task<Status> MysqlWriter::change(const Statement& statement,
                                 const std::optional<Reread>& reread,
                                 JsonRows& rows) {
    if (!reread) {
        co_return co_await run(statement, rows);
    }
    RowList before;
    if (reread->before) {
        RowSink& sink = reread->before_answers ? static_cast<RowSink&>(rows) : before;
        CO_CHECK(co_await run(*reread->before, sink));
        if (reread->before_answers ? touched_nothing(rows) : before.rows().empty()) {
            co_return Status();
        }
    }
    RowList none;
    CO_CHECK(co_await run(statement, none));
    const std::uint64_t touched = last_->touched;
    if (touched > 0 && reread->after) {
        for (const Statement& look : reread->after(before)) {
            CO_CHECK(co_await run(look, rows));
        }
        if (rows.count() != touched) {
            co_return fail(not_the_rows_changed());
        }
    } else if (!reread->before) {
        for (std::uint64_t i = 0; i < touched; ++i) {
            rows.start_row();
            rows.end_row();
        }
    }
    co_return Status();
}

Task<Written> MysqlWriter::one(const Write& write, std::shared_ptr<ByteBudget> budget) {
    if (write.refusal) {
        co_return fail(*write.refusal);
    }
    if (write.steps) {
        co_return co_await all(*write.steps);
    }
    JsonRows rows(*write.shape, std::move(budget));
    Status status = co_await change(write.statement, write.reread, rows);
    if (status && touched_nothing(rows) && write.otherwise) {
        status = co_await change(*write.otherwise, write.otherwise_reread, rows);
    }
    if (!status && last_->code == kNamelessReference) {
        status = fail(about_references(write, std::move(status).error()));
    }
    if (!status) {
        co_return fail(told(write, std::move(status).error()));
    }
    co_return judge(write, rows);
}

Task<Written> MysqlWriter::all(Steps& steps) {
    steps.start();
    while (const std::optional<Write> step = steps.next()) {
        last_.reset();
        Written written = co_await one(*step, step->budget);
        if (!written) {
            co_return fail(steps.told(std::move(written).error()));
        }
        steps.take(std::move(*written));
    }
    co_return steps.answer();
}

Task<Written> MysqlWriter::alone(const Write& write) {
    return one(write, nullptr);
}

bool MysqlWriter::has_lost_transaction() const {
    return last_ && ends_transaction(last_->code);
}

Task<Written> MysqlWriter::guarded(const Write& write) {
    if (write.refusal || !needs_savepoint(write)) {
        co_return co_await one(write, write.budget);
    }
    CO_CHECK(co_await control("SAVEPOINT one", deadline_));
    Written written = co_await one(write, write.budget);
    if (connection_->is_broken() || has_lost_transaction()) {
        co_return written;
    }
    Status tidied;
    if (!written) {
        tidied = co_await control("ROLLBACK TO SAVEPOINT one", for_tidying());
    }
    if (tidied) {
        tidied = co_await control("RELEASE SAVEPOINT one", for_tidying());
    }
    if (!tidied) {
        connection_->close();  // the server rolls back what lost its connection
        co_return fail(written ? std::move(tidied).error() : std::move(written).error());
    }
    co_return written;
}

Task<Result<std::vector<Written>>> MysqlWriter::each(const Writes& writes, OnFailure on_failure) {
    std::vector<Written> written;
    hold_nothing(writes.writes);
    for (const Write& write : writes.writes) {
        last_.reset();
        Task<Written> under_way =
            on_failure == OnFailure::UndoOne ? guarded(write) : one(write, write.budget);
        written.push_back(co_await std::move(under_way));
        if (has_lost_transaction()) {
            connection_->close();  // nobody may go on as if the transaction were still there
        }
        if (connection_->is_broken()) {
            co_return fail(written.back()
                               ? Error(ErrorKind::ServiceUnavailable, "The database went away.")
                               : written.back().error());
        }
        if (!written.back() && writes.mode != BatchMode::Continue) {
            break;
        }
    }
    co_return written;
}

Task<Result<std::vector<Written>>> MysqlWriter::inside(const Writes& writes) {
    const bool is_one = writes.mode == BatchMode::Rollback;
    if (is_one) {
        CO_CHECK(co_await control("SAVEPOINT job", deadline_));
    }
    CO_TRY(auto written,
           co_await each(writes, is_one ? OnFailure::LeaveToAll : OnFailure::UndoOne));
    if (is_one) {
        const bool has_failed = !written.empty() && !written.back();
        CO_CHECK(co_await control(
            has_failed ? "ROLLBACK TO SAVEPOINT job" : "RELEASE SAVEPOINT job", for_tidying()));
    }
    co_return written;
}

Task<Result<std::vector<Written>>> MysqlWriter::in_transaction(const Writes& writes) {
    CO_CHECK(co_await control("START TRANSACTION", deadline_));
    const bool is_one = writes.mode == BatchMode::Rollback || writes.writes.size() == 1;
    auto written = co_await each(writes, is_one ? OnFailure::LeaveToAll : OnFailure::UndoOne);
    if (!written) {
        connection_->close();  // the server rolls back what lost its connection
        co_return written;
    }
    const bool has_failed = !written->empty() && !written->back();
    if (has_failed && is_one) {
        CO_CHECK(co_await control("ROLLBACK", for_tidying()));
        co_return written;
    }
    const Status committed = co_await control("COMMIT", deadline_);
    if (!committed) {
        connection_->close();
        co_return fail(Error(committed.error().kind(),
                             "The database went away; whether the change was made is not known.")
                           .with_detail(committed.error().detail()));
    }
    co_return written;
}

}  // namespace sluice::services::sql
