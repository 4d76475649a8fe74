#include "services/sql/service.h"

#include "core/payload.h"
#include "services/sql/reads.h"
#include "services/sql/schema_resource.h"
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
    description.routes = {
        {"", kGet, "List the resources of the database"},
        {"_schema", kGet | kPost, "List or create tables"},
        {"_schema/{table_name}", kGet | kDelete, "Describe or drop a table"},
        {"_table", kGet, "List tables"},
        {"_table/{table_name}", kGet | kPost | kPut | kPatch | kDelete,
         "Read and write records of a table"},
        {"_table/{table_name}/{id}", kGet | kPost | kPut | kPatch | kDelete,
         "Read and write one record"},
    };
    return description;
}

tl::unexpected<Error> wrong_verb(Verb verb) {
    return fail(ErrorKind::MethodNotAllowed,
                std::string(name_of(verb)) + " is not supported on this resource.");
}

tl::unexpected<Error> no_resource(const Call& call) {
    return fail(ErrorKind::NotFound, "Resource '" + call.target.resource + "' not found.");
}

Response list_resources(const Call& call) {
    const Parameters& parameters = call.request.parameters;
    if (parameters.is_on("as_list") || parameters.is_on("as_access_list")) {
        return Response::json(R"({"resource":["_schema","_table"]})");
    }
    return Response::json(R"({"resource":[{"name":"_schema"},{"name":"_table"}]})");
}

}  // namespace

SqlService::SqlService(std::unique_ptr<Backend> backend)
    : backend_(std::move(backend)), description_(make_description()) {}

Task<Result<Response>> SqlService::handle(const Call& call) {
    const auto& segments = call.target.segments;
    if (segments.empty()) {
        if (call.request.verb != Verb::Get) {
            co_return wrong_verb(call.request.verb);
        }
        co_return list_resources(call);
    }
    if (segments.front() == "_table" && segments.size() <= 3) {
        co_return co_await handle_table(call);
    }
    if (segments.front() == "_schema" && segments.size() <= 2) {
        co_return co_await handle_schema(call);
    }
    co_return no_resource(call);
}

Task<Result<Response>> SqlService::handle_table(const Call& call) {
    const auto& segments = call.target.segments;
    if (segments.size() == 1) {
        if (call.request.verb != Verb::Get) {
            co_return wrong_verb(call.request.verb);
        }
        CO_TRY(const auto query, parse_query(Verb::Get, call.request.parameters, Body{}));
        co_return co_await list_tables(*backend_, call, query);
    }
    TableRef table = backend_->catalog.cached(segments[1]);
    if (!table) {
        CO_TRY(table, co_await backend_->catalog.find(segments[1], call.request.origin.deadline));
    }
    auto response = co_await handle_rows(call, table);
    // What the database no longer understands may be a table that changed behind our back.
    if (!response && response.error().kind() == ErrorKind::Internal) {
        backend_->catalog.forget();
    }
    co_return response;
}

Task<Result<Response>> SqlService::handle_rows(const Call& call, TableRef table) {
    const auto& segments = call.target.segments;
    CO_CHECK(check_json_type(call.request));
    CO_TRY(const auto body, read_body(call.request.content));
    CO_TRY(const auto query, parse_query(call.request.verb, call.request.parameters, body));
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
            co_return wrong_verb(call.request.verb);
    }
}

Task<Result<Response>> SqlService::handle_schema(const Call& call) {
    const auto& segments = call.target.segments;
    const Verb verb = call.request.verb;
    if (segments.size() == 1) {
        if (verb == Verb::Post) {
            CO_CHECK(check_json_type(call.request));
            co_return co_await create_tables(*backend_, call);
        }
        if (verb != Verb::Get) {
            co_return wrong_verb(verb);
        }
        CO_TRY(const auto query, parse_query(verb, call.request.parameters, Body{}));
        co_return co_await list_tables(*backend_, call, query);
    }
    if (verb != Verb::Get && verb != Verb::Delete) {
        co_return wrong_verb(verb);
    }
    if (call.request.parameters.is_on("refresh")) {
        backend_->catalog.forget();
    }
    CO_TRY(const auto table,
           co_await backend_->catalog.find(segments[1], call.request.origin.deadline));
    if (verb == Verb::Delete) {
        co_return co_await drop_table(*backend_, call, table);
    }
    co_return Response::json(describe_json(*table));
}

}  // namespace sluice::services::sql
