#include "services/sql/step_writer.h"

#include <algorithm>

namespace sluice::services::sql {
namespace {

/// What leaves a transaction as it was: also after the deadline.
Deadline for_tidying() {
    return Deadline::after(std::chrono::seconds(2));
}

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

std::vector<std::string> commands_of(const TransactionWords& words,
                                     Transaction::Mark what,
                                     int number) {
    const std::string name = " mark" + std::to_string(number);
    std::vector<std::string> commands;
    if (what == Transaction::Mark::Set) {
        commands.push_back(std::string(words.savepoint) + name);
        return commands;
    }
    if (what == Transaction::Mark::Undo) {
        commands.push_back(std::string(words.rollback_to) + name);
    }
    if (!words.release.empty()) {
        commands.push_back(std::string(words.release) + name);
    }
    return commands;
}

bool StepWriter::stands_alone(const Write& write) {
    return !needs_savepoint(write);
}

Task<Status> StepWriter::change(const Statement& statement,
                                const std::optional<Reread>& reread,
                                JsonRows& rows) {
    has_run_ = true;
    if (!reread) {
        co_return co_await steps_.run(statement, rows);
    }
    RowList before;
    if (reread->before) {
        RowSink& sink = reread->before_answers ? static_cast<RowSink&>(rows) : before;
        CO_CHECK(co_await steps_.run(*reread->before, sink));
        if (reread->before_answers ? touched_nothing(rows) : before.rows().empty()) {
            co_return Status();
        }
    }
    RowList none;
    CO_CHECK(co_await steps_.run(statement, none));
    const std::uint64_t touched = steps_.touched();
    if (touched > 0 && reread->after) {
        for (const Statement& look : reread->after(before)) {
            CO_CHECK(co_await steps_.run(look, rows));
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

Task<Written> StepWriter::one(const Write& write, std::shared_ptr<ByteBudget> budget) {
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
    if (!status && steps_.broke_nameless_reference()) {
        status = fail(about_references(write, std::move(status).error()));
    }
    if (!status) {
        co_return fail(told(write, std::move(status).error()));
    }
    co_return judge(write, rows);
}

Task<Written> StepWriter::all(Steps& steps) {
    steps.start();
    while (const std::optional<Write> step = steps.next()) {
        Written written = co_await one(*step, step->budget);
        if (!written) {
            co_return fail(steps.told(std::move(written).error()));
        }
        steps.take(std::move(*written));
    }
    co_return steps.answer();
}

Task<Written> StepWriter::alone(const Write& write) {
    return one(write, nullptr);
}

Task<Status> StepWriter::name(std::string_view word,
                              std::string_view savepoint,
                              Deadline deadline) {
    if (word.empty()) {
        co_return Status();
    }
    co_return co_await steps_.control(std::string(word) + " " + std::string(savepoint), deadline);
}

Task<Written> StepWriter::guarded(const Write& write) {
    if (write.refusal || !(guards_each_ || needs_savepoint(write))) {
        co_return co_await one(write, write.budget);
    }
    CO_CHECK(co_await name(words_.savepoint, "one", deadline_));
    Written written = co_await one(write, write.budget);
    if (steps_.is_broken() || steps_.has_lost_transaction()) {
        co_return written;
    }
    Status tidied;
    if (!written) {
        tidied = co_await name(words_.rollback_to, "one", for_tidying());
    }
    if (tidied) {
        tidied = co_await name(words_.release, "one", for_tidying());
    }
    if (!tidied) {
        steps_.close();
        co_return fail(written ? std::move(tidied).error() : std::move(written).error());
    }
    co_return written;
}

Task<Result<std::vector<Written>>> StepWriter::each(const Writes& writes, OnFailure on_failure) {
    std::vector<Written> written;
    hold_nothing(writes.writes);
    for (const Write& write : writes.writes) {
        has_run_ = false;
        Task<Written> under_way =
            on_failure == OnFailure::UndoOne ? guarded(write) : one(write, write.budget);
        written.push_back(co_await std::move(under_way));
        if (has_run_ && steps_.has_lost_transaction()) {
            steps_.close();  // nobody may go on as if the transaction were still there
        }
        if (steps_.is_broken()) {
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

Task<Result<std::vector<Written>>> StepWriter::inside(const Writes& writes) {
    const bool is_one = writes.mode == BatchMode::Rollback;
    if (is_one) {
        CO_CHECK(co_await name(words_.savepoint, "job", deadline_));
    }
    CO_TRY(auto written,
           co_await each(writes, is_one ? OnFailure::LeaveToAll : OnFailure::UndoOne));
    if (is_one) {
        const bool has_failed = !written.empty() && !written.back();
        CO_CHECK(
            co_await name(has_failed ? words_.rollback_to : words_.release, "job", for_tidying()));
    }
    co_return written;
}

Task<Result<std::vector<Written>>> StepWriter::in_transaction(const Writes& writes) {
    const bool is_one = writes.mode == BatchMode::Rollback || writes.writes.size() == 1;
    auto written = co_await each(writes, is_one ? OnFailure::LeaveToAll : OnFailure::UndoOne);
    if (!written) {
        steps_.close();
        co_return written;
    }
    const bool has_failed = !written->empty() && !written->back();
    if (has_failed && is_one) {
        CO_CHECK(co_await steps_.control(std::string(words_.rollback), for_tidying()));
        co_return written;
    }
    const Status committed = co_await steps_.control(
        std::string(words_.commit),
        Deadline(std::max(deadline_.at(), for_tidying().at())));  // one that was too late stays out
    if (!committed) {
        steps_.close();
        co_return fail(Error(committed.error().kind(),
                             "The database went away; whether the change was made is not known.")
                           .with_detail(committed.error().detail()));
    }
    co_return written;
}

}  // namespace sluice::services::sql
