#include "services/sql/service.h"

#include "core/fields.h"
#include "core/json.h"
#include "core/payload.h"
#include "services/sql/alter/related_calls.h"
#include "services/sql/alter/schema_calls.h"
#include "services/sql/alter/seen.h"
#include "services/sql/describe.h"
#include "services/sql/reads.h"
#include "services/sql/related/related_answer.h"
#include "services/sql/request_body.h"
#include "services/sql/routines/routine_calls.h"
#include "services/sql/schema_resource.h"
#include "services/sql/shared_work.h"
#include "services/sql/spec/spec.h"
#include "services/sql/writes.h"

namespace sluice::services::sql {
namespace {

constexpr VerbSet kGet = VerbSet::of(Verb::Get);
constexpr VerbSet kPost = VerbSet::of(Verb::Post);
constexpr VerbSet kPut = VerbSet::of(Verb::Put);
constexpr VerbSet kPatch = VerbSet::of(Verb::Patch);
constexpr VerbSet kDelete = VerbSet::of(Verb::Delete);

Description make_description() {
    Description description;
    description.has_transactions = true;
    description.routes = {
        {"", kGet, "List the resources of the database"},
        {"_spec", kGet, "Describe the service in OpenAPI 3.0"},
        {"_schema", kGet | kPost | kPut | kPatch, "List, create or change tables"},
        {"_schema/{table_name}", kGet | kPost | kPut | kPatch | kDelete,
         "Describe, change or drop a table"},
        {"_schema/{table_name}/_field", kGet | kPost | kPut | kPatch | kDelete,
         "List, make, change or drop fields of a table"},
        {"_schema/{table_name}/_field/{field_name}", kGet | kPut | kPatch | kDelete,
         "Describe, change or drop a field"},
        {"_schema/{table_name}/_related", kGet | kPost | kPut | kPatch | kDelete,
         "List, make, change or drop relations of a table"},
        {"_schema/{table_name}/_related/{relation_name}", kGet | kPut | kPatch | kDelete,
         "Describe, change or drop a relation"},
        {"_table", kGet, "List tables"},
        {"_table/{table_name}", kGet | kPost | kPut | kPatch | kDelete,
         "Read and write records of a table"},
        {"_table/{table_name}/{id}", kGet | kPost | kPut | kPatch | kDelete,
         "Read and write one record"},
        {"_proc", kGet, "List procedures"},
        {.path = "_proc/{procedure_name}",
         .verbs = kGet | kPost,
         .summary = "Call a procedure",
         .takes_values = true},
        {"_func", kGet, "List functions"},
        {.path = "_func/{function_name}",
         .verbs = kGet | kPost,
         .summary = "Call a function",
         .takes_values = true},
    };
    return description;
}

/// Whether the database refused a statement for no reason of the caller's.
bool is_refusal(const Error& error) {
    return error.kind() == ErrorKind::Internal ||
           (error.kind() == ErrorKind::Batch && !error.detail().empty());
}

/// Whether a call may change rows of the database.
bool may_change(const Call& call) {
    const auto& segments = call.target.segments;
    return call.request.verb != Verb::Get ||
           (segments.size() > 1 && (segments.front() == "_proc" || segments.front() == "_func"));
}

/// Notes the change before the caller gets its answer.
class NoteOfChange {
public:
    NoteOfChange(Backend& backend, const Call& call)
        : changes_(may_change(call) ? &backend.changes : nullptr) {}
    ~NoteOfChange() {
        if (changes_ != nullptr) {
            changes_->note();
        }
    }
    NoteOfChange(const NoteOfChange&) = delete;
    NoteOfChange& operator=(const NoteOfChange&) = delete;

private:
    Changes* changes_;
};

}  // namespace

SqlService::SqlService(std::unique_ptr<Backend> backend)
    : backend_(std::move(backend)), description_(make_description()) {}

/// The paths and verbs are those of make_description(): the pipeline lets no other through.
Task<Result<Response>> SqlService::handle(const Call& call) {
    const NoteOfChange note(*backend_, call);
    const auto& segments = call.target.segments;
    if (segments.empty()) {
        co_return explained(call, co_await list_resources(*backend_, call));
    }
    if (segments.front() == "_spec") {
        co_return explained(call, co_await spec(*backend_, call));
    }
    if (segments.front() == "_table") {
        co_return explained(call, co_await handle_table(call));
    }
    if (segments.front() == "_schema") {
        co_return explained(call, co_await handle_schema(call));
    }
    const RoutineForm form =
        segments.front() == "_proc" ? RoutineForm::Procedure : RoutineForm::Function;
    if (segments.size() == 1) {
        co_return explained(call, co_await list_routines(*backend_, call, form));
    }
    co_return explained(call, co_await call_routine(*backend_, call, form));
}

/// Administrators, who are to mend it, are told where the database should be and what is wrong.
Result<Response> SqlService::explained(const Call& call, Result<Response> response) const {
    if (!response && may_change(call) && is_end_unknown(response.error())) {
        backend_->changes.doubt();
    }
    const bool is_admin =
        call.principal && call.principal->user && call.principal->user->is_sys_admin;
    if (response || !is_admin || backend_->host.empty() ||
        response.error().kind() != ErrorKind::ServiceUnavailable ||
        response.error().detail().empty()) {
        return response;
    }
    const json::object context{{"host", backend_->host},
                               {"port", backend_->port},
                               {"cause", trimmed(response.error().detail())}};
    return fail(std::move(response).error().with_context(json::serialize(context)));
}

Task<Result<Response>> SqlService::handle_table(const Call& call) {
    const auto& segments = call.target.segments;
    if (segments.size() == 1) {
        co_return co_await list_tables(*backend_, call);
    }
    TableRef table = backend_->catalog.cached(segments[1]);
    if (!table) {
        CO_TRY(table, co_await backend_->catalog.find(segments[1], call.request.origin.deadline));
    }
    co_return co_await handle_rows(call, std::move(table));
}

Task<Result<Response>> SqlService::handle_rows(const Call& call, TableRef table) {
    CO_TRY(const auto body, read_request_body(call.request));
    CO_TRY(const auto query, parse_query(call.request.verb, call.request.parameters, body));
    auto response = co_await run(call, table, query, body);
    if (response || !is_refusal(response.error())) {
        co_return response;
    }
    // What the database no longer understands may be a table that changed behind our back.
    CO_TRY(const auto now,
           co_await backend_->catalog.look_again(table->name, call.request.origin.deadline));
    if (is_alike(*table, *now) || (response.error().kind() == ErrorKind::Batch &&
                                   (body.records.size() > 1 || body.rest) && !query.rolls_back)) {
        co_return response;  // some of the batch may be done: it is not for us to do it again
    }
    co_return co_await run(call, now, query, body);
}

/// No coroutine of its own: one frame less for each call that asks for no relations.
Task<Result<Response>> SqlService::run(const Call& call,
                                       TableRef table,
                                       const Query& query,
                                       const Body& body) {
    const bool is_read = call.request.verb == Verb::Get;
    if (is_read || !query.may_relate()) {
        return dispatch(call, std::move(table), query, body);
    }
    return write_linked(call, std::move(table), query, body);
}

Task<Result<Response>> SqlService::write_linked(const Call& call,
                                                TableRef table,
                                                const Query& query,
                                                const Body& body) {
    // What is written shows its relations as what is read does: with the columns that lead there.
    CO_TRY(const auto links, co_await resolve_links(*backend_, call, *table, query));
    if (links.asked.empty()) {
        co_return co_await dispatch(call, table, query, body);
    }
    CO_CHECK(check_rights(call, links));
    CO_TRY(auto linked, with_link_fields(*table, query, links));
    CO_TRY(auto response, co_await dispatch(call, table, linked.query, body));
    if (query.forces) {  // `{"success":true}` is no record
        co_return response;
    }
    auto shown = co_await add_related_to(*backend_, call, links, std::move(linked.extra),
                                         std::move(response));
    if (!shown) {
        co_return fail(std::move(shown).error().with_prefix(
            "The records are written, but not what 'related' asks for could be read:"));
    }
    co_return shown;
}

Task<Result<Response>> SqlService::dispatch(const Call& call,
                                            TableRef table,
                                            const Query& query,
                                            const Body& body) {
    const auto& segments = call.target.segments;
    const bool has_id = segments.size() == 3;
    switch (call.request.verb) {
        case Verb::Get:
            if (has_id) {
                co_return co_await get_record(*backend_, call, table, query, segments[2]);
            }
            co_return co_await list_records(*backend_, call, table, query, body);
        case Verb::Post:
            if (has_id) {
                co_return fail(ErrorKind::BadRequest,
                               "Create record by identifier not currently supported.");
            }
            co_return co_await create_records(*backend_, call, table, query, body);
        case Verb::Put:
        case Verb::Patch:
            if (has_id) {
                co_return co_await update_record(*backend_, call, table, query, body, segments[2]);
            }
            co_return co_await update_records(*backend_, call, table, query, body);
        case Verb::Delete:
            if (has_id) {
                co_return co_await delete_record(*backend_, call, table, query, segments[2]);
            }
            co_return co_await delete_records(*backend_, call, table, query, body);
        default:
            co_return fail(ErrorKind::Internal, "A verb that no route of the service names.");
    }
}

Task<Result<Response>> SqlService::handle_schema(const Call& call) {
    const auto& segments = call.target.segments;
    const Verb verb = call.request.verb;
    if (verb != Verb::Get) {
        CO_CHECK(check_not_shared(call, "Tables cannot be made, changed or dropped"));
    }
    if (verb != Verb::Get && verb != Verb::Delete) {
        CO_CHECK(check_json_type(call.request));
    }
    if (segments.size() == 1) {
        switch (verb) {
            case Verb::Post:
                co_return co_await create_tables(*backend_, call);
            case Verb::Put:
            case Verb::Patch:
                co_return co_await alter_tables(*backend_, call);
            default:
                co_return co_await list_tables(*backend_, call);
        }
    }
    if (call.request.parameters.is_on("refresh")) {
        backend_->catalog.forget();
    }
    TableRef table;
    if (verb == Verb::Get) {
        CO_TRY(table, co_await backend_->catalog.find(segments[1], call.request.origin.deadline));
    } else {
        // A change is planned for the table as it is, whoever changed it meanwhile.
        CO_TRY(table,
               co_await backend_->catalog.look_again(segments[1], call.request.origin.deadline));
    }
    table = seen_by(call, std::move(table));
    if (segments.size() > 2) {
        const bool is_one = segments.size() > 3;
        if (segments[2] == "_related") {
            if (is_one) {
                co_return co_await handle_relation(*backend_, call, table);
            }
            co_return co_await handle_relations(*backend_, call, table);
        }
        if (is_one) {
            co_return co_await handle_field(*backend_, call, table);
        }
        co_return co_await handle_fields(*backend_, call, table);
    }
    if (verb == Verb::Delete) {
        co_return co_await drop_table(*backend_, call, table);
    }
    if (verb != Verb::Get) {
        co_return co_await alter_table(*backend_, call, table);
    }
    CO_TRY(const auto relations,
           co_await backend_->catalog.relations(*table, call.request.origin.deadline));
    co_return Response::json(
        describe_json(*table, seen_relations(call, *relations), call.grant.verbs));
}

}  // namespace sluice::services::sql
