#include "services/sql/writes.h"

#include <algorithm>

#include "services/batch_error.h"
#include "services/sql/batch.h"
#include "services/sql/long_writes.h"
#include "services/sql/plan_write.h"
#include "services/sql/related/linked_fields.h"
#include "services/sql/related/nested_calls.h"
#include "services/sql/shared_work.h"

namespace sluice::services::sql {
namespace {

/// Missing ones are reported beside those that were there, which are done.
BatchMode mode_of_ids(const Query& query) {
    return query.rolls_back ? BatchMode::Rollback : BatchMode::Continue;
}

std::string shown(const Id& id) {
    std::string text;
    for (const Input& part : id) {
        text += (text.empty() ? "" : ",") + part.text;
    }
    return text;
}

Task<Result<std::vector<Written>>> run(Backend& backend,
                                       const Call& call,
                                       Writes writes,
                                       const NestingRef& nesting) {
    if (nesting && nesting->has_calls()) {
        return write_with_calls(backend, call, std::move(writes));
    }
    return session_of(backend, call).write(std::move(writes), call.request.origin.deadline);
}

Task<Result<Response>> write_batch(Backend& backend,
                                   const Call& call,
                                   Writes writes,
                                   std::string_view done,
                                   const NestingRef& nesting = nullptr) {
    const BatchMode mode = writes.mode;
    CO_TRY(auto written, co_await run(backend, call, std::move(writes), nesting));
    if (const Error* outage = outage_of(written)) {
        co_return fail(*outage);
    }
    Batch batch;
    for (const Written& one : written) {
        if (one) {
            batch.add(one->json);
        } else {
            batch.add(one.error());
        }
    }
    if (batch.has_failed()) {
        co_return fail(batch.to_error(done, mode == BatchMode::Rollback));
    }
    co_return Response::json(batch.take_json());
}

/// One write whose failure is the call's own: by identifier, or by filter.
Task<Result<WrittenRows>> write_one(Backend& backend,
                                    const Call& call,
                                    Write write,
                                    const NestingRef& nesting = nullptr) {
    Writes writes;
    writes.writes.push_back(std::move(write));
    CO_TRY(auto written, co_await run(backend, call, std::move(writes), nesting));
    co_return std::move(written.front());
}

Task<Result<Response>> write_record(Backend& backend,
                                    const Call& call,
                                    Write write,
                                    const NestingRef& nesting = nullptr) {
    CO_TRY(auto rows, co_await write_one(backend, call, std::move(write), nesting));
    // An `id_field` that is not unique may name several.
    co_return Response::json(rows.count == 1 ? std::move(rows.json)
                                             : "{\"resource\":[" + rows.json + "]}");
}

Task<Result<Response>> write_list(Backend& backend,
                                  const Call& call,
                                  Write write,
                                  const NestingRef& nesting = nullptr) {
    CO_TRY(const auto rows, co_await write_one(backend, call, std::move(write), nesting));
    co_return Response::json("{\"resource\":[" + rows.json + "]}");
}

/// The rows that a change by filter is about.
Task<Result<Condition>> resolve_where(Backend& backend,
                                      const Call& call,
                                      TableRef table,
                                      const Query& query) {
    CO_TRY(const auto linked, co_await resolve_linked_fields(backend, call, table, query.filter));
    co_return resolve_filter(*table, query.filter, query.params, linked);
}

/// A body that means one record, bare or wrapped in `resource`: the first.
Status check_one(const Body& body) {
    if (body.records.empty()) {
        return fail(no_records());
    }
    return {};
}

Result<std::optional<std::vector<Value>>> id_of_path(const std::vector<const Column*>& keys,
                                                     const std::string& id) {
    const std::vector<Id> ids =
        keys.size() > 1 ? parse_ids(id) : std::vector<Id>{{Input{Input::Form::Text, id}}};
    SLUICE_TRY(auto resolved, resolve_ids(keys, ids));
    return resolved.size() == 1 ? std::move(resolved.front()) : std::nullopt;
}

/// The write that `plan` makes of record `index`, and of those inside.
template <class Plan>
Write planned(const NestingRef& nesting,
              const WritePlanner& planner,
              const Body& body,
              std::size_t index,
              Plan plan) {
    return nesting ? nesting->write(index, std::move(plan), planner.budget())
                   : plan(body.records[index]);
}

/// What an error names: the identifier as the client gave it.
std::string shown_at(const std::vector<Id>& ids, std::size_t index) {
    return index < ids.size() ? shown(ids[index]) : std::string();
}

}  // namespace

Task<Result<Response>> create_records(
    Backend& backend, const Call& call, TableRef table, const Query& query, const Body& body) {
    if (body.form != Body::Form::List || body.records.empty()) {
        co_return fail(no_records());
    }
    if (body.rest) {
        co_return co_await write_in_portions(backend, call, table, query, body,
                                             RecordChange::Insert);
    }
    NestingRef nesting;
    if (may_nest(*table, body)) {
        CO_TRY(nesting, co_await Nesting::of(backend, call, table, query, body));
    }
    CO_TRY(const auto planner,
           WritePlanner::make(backend, call, table, nesting ? nesting->query() : query));
    const auto insert = [&planner](const Record& record) { return planner.insert(record); };
    Writes writes;
    writes.mode = mode_of(query);
    writes.writes.reserve(body.records.size());
    for (std::size_t i = 0; i < body.records.size(); ++i) {
        writes.writes.push_back(planned(nesting, planner, body, i, insert));
    }
    co_return co_await write_batch(backend, call, std::move(writes), "created", nesting);
}

Task<Result<Response>> update_records(
    Backend& backend, const Call& call, TableRef table, const Query& query, const Body& body) {
    if (body.rest && !query.ids_given && query.filter.empty()) {
        co_return co_await write_in_portions(backend, call, table, query, body,
                                             RecordChange::Update);
    }
    NestingRef nesting;
    if (may_nest(*table, body)) {
        CO_TRY(nesting, co_await Nesting::of(backend, call, table, query, body));
    }
    CO_TRY(const auto planner,
           WritePlanner::make(backend, call, table, nesting ? nesting->query() : query));
    Writes writes;
    std::vector<std::optional<std::vector<Value>>> ids;  // outlive the writes that name them
    if (query.ids_given) {
        CO_CHECK(check_one(body));
        CO_TRY(ids, resolve_ids(planner.keys(), query.ids));
        writes.mode = mode_of_ids(query);
        for (std::size_t i = 0; i < ids.size(); ++i) {
            const auto update = [&planner, &id = ids[i],
                                 shown = shown_at(query.ids, i)](const Record& record) {
                return planner.update(record, id, shown);
            };
            writes.writes.push_back(planned(nesting, planner, body, 0, update));
        }
    } else if (!query.filter.empty()) {
        CO_CHECK(check_one(body));
        CO_TRY(const auto where, co_await resolve_where(backend, call, table, query));
        const auto update = [&planner, &where](const Record& record) {
            return planner.update_where(record, where);
        };
        co_return co_await write_list(backend, call, planned(nesting, planner, body, 0, update),
                                      nesting);
    } else {
        const auto update = [&planner](const Record& record) { return planner.update(record); };
        const std::size_t count = body.form == Body::Form::List ? body.records.size() : 0;
        for (std::size_t i = 0; i < count; ++i) {
            writes.writes.push_back(planned(nesting, planner, body, i, update));
        }
        writes.mode = mode_of(query);
    }
    if (writes.writes.empty()) {
        co_return fail(no_records());
    }
    co_return co_await write_batch(backend, call, std::move(writes), "updated", nesting);
}

Task<Result<Response>> update_record(Backend& backend,
                                     const Call& call,
                                     TableRef table,
                                     const Query& query,
                                     const Body& body,
                                     std::string id) {
    NestingRef nesting;
    if (may_nest(*table, body)) {
        CO_TRY(nesting, co_await Nesting::of(backend, call, table, query, body));
    }
    CO_TRY(const auto planner,
           WritePlanner::make(backend, call, table, nesting ? nesting->query() : query));
    CO_CHECK(check_one(body));
    CO_TRY(const auto resolved, id_of_path(planner.keys(), id));
    const auto update = [&planner, &resolved, &id](const Record& record) {
        return planner.update(record, resolved, id);
    };
    co_return co_await write_record(backend, call, planned(nesting, planner, body, 0, update),
                                    nesting);
}

Task<Result<Response>> delete_records(
    Backend& backend, const Call& call, TableRef table, const Query& query, const Body& body) {
    if (body.rest && !query.ids_given) {
        co_return co_await write_in_portions(backend, call, table, query, body,
                                             RecordChange::Remove);
    }
    CO_TRY(const auto planner, WritePlanner::make(backend, call, table, query));
    Writes writes;
    if (query.ids_given) {
        CO_TRY(const auto ids, resolve_ids(planner.keys(), query.ids));
        writes.mode = mode_of_ids(query);
        for (std::size_t i = 0; i < ids.size(); ++i) {
            writes.writes.push_back(planner.remove(ids[i], shown_at(query.ids, i)));
        }
    } else if (body.form == Body::Form::List && !body.records.empty()) {
        writes.mode = mode_of(query);
        for (const Record& record : body.records) {
            writes.writes.push_back(planner.remove(record));
        }
    } else if (!query.filter.empty()) {
        CO_TRY(auto where, co_await resolve_where(backend, call, table, query));
        co_return co_await write_list(backend, call, planner.remove_where(std::move(where)));
    } else if (query.forces) {
        CO_TRY(const auto nothing, co_await write_one(backend, call, planner.remove_all()));
        static_cast<void>(nothing);
        co_return Response::json("{\"success\":true}");
    }
    if (writes.writes.empty()) {
        co_return fail(ErrorKind::BadRequest, "No filter or records given for delete request.");
    }
    co_return co_await write_batch(backend, call, std::move(writes), "deleted");
}

Task<Result<Response>> delete_record(
    Backend& backend, const Call& call, TableRef table, const Query& query, std::string id) {
    CO_TRY(const auto planner, WritePlanner::make(backend, call, table, query));
    CO_TRY(const auto resolved, id_of_path(planner.keys(), id));
    co_return co_await write_record(backend, call, planner.remove(resolved, id));
}

}  // namespace sluice::services::sql
