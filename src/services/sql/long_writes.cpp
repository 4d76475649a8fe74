#include "services/sql/long_writes.h"

#include <algorithm>
#include <optional>

#include "services/sql/batch.h"
#include "services/sql/plan_write.h"
#include "services/sql/record_reader.h"
#include "services/sql/related/nested_record.h"
#include "services/sql/related/nested_write.h"
#include "services/sql/shared_work.h"

namespace sluice::services::sql {
namespace {

std::string_view done_by(RecordChange change) {
    switch (change) {
        case RecordChange::Insert:
            return "created";
        case RecordChange::Update:
            return "updated";
        default:
            return "deleted";
    }
}

/// What goes on from one portion to the next.
struct Progress {
    Batch batch;
    std::shared_ptr<ByteBudget> budget;
    std::optional<RecordJudge> judge;
    /// Records inside of others.
    std::size_t nested = 0;
};

/// Each such record is a transaction of its own calls, and this call holds one already.
Error too_many_with_calls() {
    return {ErrorKind::BadRequest,
            "Records inside of others whose table has scripts are written in calls of at most " +
                std::to_string(kPortionRecords) + " records."};
}

/// Its deadline, mode and table are those of the whole.
Task<Status> write_portion(Backend& backend,
                           Session& session,
                           const Call& call,
                           TableRef table,
                           const Query& query,
                           const Body& portion,
                           RecordChange change,
                           Progress& progress) {
    NestingRef nesting;
    if (change != RecordChange::Remove && may_nest(*table, portion)) {
        CO_TRY(nesting, co_await Nesting::of(backend, call, table, query, portion));
        progress.nested += nesting ? nesting->count() : 0;
        if (progress.nested > kMaxNested) {
            co_return fail(too_many_nested());
        }
        if (nesting && nesting->has_calls()) {
            co_return fail(too_many_with_calls());
        }
    }
    CO_TRY(auto planner,
           WritePlanner::make(backend, call, table, nesting ? nesting->query() : query));
    if (progress.budget) {
        planner.set_budget(progress.budget);
    }
    progress.budget = planner.budget();
    if (progress.judge) {
        planner.set_judge(*progress.judge);
    }
    progress.judge = planner.judge();
    const auto plan = [&planner, change](const Record& record) {
        switch (change) {
            case RecordChange::Insert:
                return planner.insert(record);
            case RecordChange::Update:
                return planner.update(record);
            default:
                return planner.remove(record);
        }
    };
    Writes writes;
    writes.mode = mode_of(query);
    writes.writes.reserve(portion.records.size());
    for (std::size_t i = 0; i < portion.records.size(); ++i) {
        writes.writes.push_back(nesting ? nesting->write(i, plan, planner.budget())
                                        : plan(portion.records[i]));
    }
    CO_TRY(const auto written,
           co_await session.write(std::move(writes), call.request.origin.deadline));
    if (const Error* outage = outage_of(written)) {
        co_return fail(*outage);
    }
    for (const Written& one : written) {
        if (one) {
            progress.batch.add(one->json);
        } else {
            progress.batch.add(one.error());
        }
    }
    progress.budget->kept = progress.budget->held;
    const std::size_t most = backend.settings.max_answer_bytes;
    if (progress.batch.has_failed() && progress.batch.bytes() > most) {
        co_return fail(too_large(most));
    }
    co_return Status();
}

/// Until the last portion, or the one with the fault that ends the call.
Task<Status> write_all(Backend& backend,
                       Session& session,
                       const Call& call,
                       TableRef table,
                       const Query& query,
                       const Body& body,
                       RecordChange change,
                       Progress& progress) {
    CO_CHECK(co_await write_portion(backend, session, call, table, query, body, change, progress));
    RecordReader reader = *body.rest;
    Body portion;
    portion.form = Body::Form::List;
    for (bool has_more = true; has_more;) {
        if (progress.batch.has_failed() && !query.continues) {
            co_return Status();
        }
        CO_TRY(has_more, reader.next(portion.records));
        if (!portion.records.empty()) {
            CO_CHECK(co_await write_portion(backend, session, call, table, query, portion, change,
                                            progress));
        }
    }
    co_return Status();
}

Result<Response> answer(Progress& progress, const Query& query, RecordChange change) {
    if (progress.batch.has_failed()) {
        return fail(progress.batch.to_error(done_by(change), query.rolls_back));
    }
    return Response::json(progress.batch.take_json());
}

Error unknown_end(const Error& error) {
    return Error(error.kind(), "The database went away; whether the change was made is not known.")
        .with_detail(error.message() + " " + error.detail());
}

}  // namespace

BatchMode mode_of(const Query& query) {
    if (query.rolls_back) {
        return BatchMode::Rollback;
    }
    return query.continues ? BatchMode::Continue : BatchMode::Stop;
}

const Error* outage_of(const std::vector<Written>& written) {
    const bool is_away = !written.empty() && std::ranges::all_of(written, [](const Written& one) {
        return !one && one.error().kind() == ErrorKind::ServiceUnavailable;
    });
    return is_away ? &written.front().error() : nullptr;
}

Task<Result<Response>> write_in_portions(Backend& backend,
                                         const Call& call,
                                         TableRef table,
                                         const Query& query,
                                         const Body& body,
                                         RecordChange change) {
    const Deadline deadline = call.request.origin.deadline;
    Progress progress;
    Session& session = session_of(backend, call);
    const bool is_shared = &session != backend.database.get();
    // Within a transaction of others a call that fails leaves nothing behind: one write is one unit
    // there, and several portions would be several.
    if (is_shared || !backend.database->can_hold_transaction()) {
        CO_TRY(const Body all, whole(body));
        CO_CHECK(
            co_await write_portion(backend, session, call, table, query, all, change, progress));
        co_return answer(progress, query, change);
    }
    CO_TRY(const auto transaction, co_await backend.database->begin(deadline, deadline));
    // What fails as a whole is undone with the transaction's end.
    CO_CHECK(co_await write_all(backend, *transaction, call, table, query, body, change, progress));
    if (progress.batch.has_failed() && query.rolls_back) {
        CO_CHECK(co_await transaction->rollback());
        co_return answer(progress, query, change);
    }
    const Status committed = co_await transaction->commit(deadline);
    if (!committed) {
        co_return fail(committed.error().kind() == ErrorKind::ServiceUnavailable
                           ? unknown_end(committed.error())
                           : committed.error());
    }
    co_return answer(progress, query, change);
}

}  // namespace sluice::services::sql
