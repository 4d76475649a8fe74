#include "services/sql/spec/spec.h"

#include "core/fields.h"
#include "services/sql/query.h"
#include "services/sql/routines/routine_calls.h"
#include "services/sql/spec/paths.h"
#include "services/sql/spec/routine_paths.h"
#include "services/sql/spec/schemas.h"

namespace sluice::services::sql {
namespace {

/// A document of more is of no use to any reader of such documents.
constexpr std::size_t kMaxTables = 1000;
constexpr std::size_t kMaxRoutines = 1000;

/// Named tables, or all; without those that the caller has no right on.
Task<Result<std::vector<std::string>>> wanted_tables(Backend& backend, const Call& call) {
    std::vector<std::string> names = parse_names(call.request.parameters.get_or("tables", ""));
    if (names.empty()) {
        CO_TRY(const auto all, co_await backend.catalog.list(call.request.origin.deadline));
        for (const TableName& table : all) {
            if (grant_on(call, "_table/" + table.name, Verb::Get).verbs.bits() != 0) {
                names.push_back(table.name);
            }
        }
    }
    if (names.size() > kMaxTables) {
        co_return fail(ErrorKind::BadRequest, "One document describes at most " +
                                                  std::to_string(kMaxTables) +
                                                  " tables; name those you want with 'tables'.");
    }
    co_return names;
}

/// The list of records in the wrapper that bodies and answers have.
json::object list_of_records(std::string_view component) {
    const json::object records{{"type", "array"}, {"items", reference_to("schemas", component)}};
    return {{"type", "object"}, {"properties", json::object{{"resource", records}}}};
}

void add_schemas(json::object& schemas, const Table& table, VerbSet verbs) {
    const std::string name = component_name(table.shown());
    schemas[name] = record_schema(table);
    schemas[name + "-list"] = list_of_records(name);
    if (!table.is_view && verbs.contains(Verb::Post)) {
        schemas[name + "-new"] = new_record_schema(table);
        schemas[name + "-new-list"] = list_of_records(name + "-new");
    }
}

json::array security() {
    json::array any;
    for (const char* scheme : {"ApiKey", "SessionToken", "BearerToken", "Basic"}) {
        any.push_back(json::object{{scheme, json::array{}}});
    }
    return any;
}

/// The calls of what is stored in the database, as far as the caller may make them.
Task<Status> add_routines(Backend& backend, const Call& call, json::object& paths) {
    std::size_t count = 0;
    for (const RoutineForm form : {RoutineForm::Procedure, RoutineForm::Function}) {
        CO_TRY(const auto routines, co_await seen_routines(backend, call, form));
        for (std::size_t i = 0; i < routines.size();) {
            const std::string& name = routines[i]->name;
            std::vector<RoutineRef> overloads;
            for (; i < routines.size() && routines[i]->name == name; ++i) {
                overloads.push_back(routines[i]);
            }
            if (++count > kMaxRoutines) {
                co_return fail(ErrorKind::BadRequest,
                               "One document describes at most " + std::to_string(kMaxRoutines) +
                                   " routines; with 'tables' it describes none.");
            }
            const std::string component = std::string(resource_of(form)) + "/" + name;
            add_routine_path(paths, form, overloads, grant_on(call, component, Verb::Get).verbs);
        }
    }
    co_return Status();
}

}  // namespace

Task<Result<Response>> spec(Backend& backend, const Call& call) {
    const Parameters& parameters = call.request.parameters;
    const std::string format = lower_case(parameters.get_or("format", "json"));
    if (format != "json" && format != "yaml") {
        co_return fail(ErrorKind::BadRequest, "Parameter 'format' must be 'json' or 'yaml'.");
    }
    if (parameters.is_on("refresh")) {
        backend.catalog.forget();
    }
    CO_TRY(const auto names, co_await wanted_tables(backend, call));
    json::object paths;
    json::object schemas;
    json::array tags;
    for (const std::string& name : names) {
        CO_TRY(const auto table, co_await backend.catalog.find(backend.catalog.real_name(name),
                                                               call.request.origin.deadline));
        const VerbSet verbs = grant_on(call, "_table/" + table->name, Verb::Get).verbs;
        if (verbs.bits() == 0) {  // as if it were not there
            co_return fail(ErrorKind::NotFound,
                           "Table \"" + name + "\" does not exist in the database.");
        }
        tags.push_back(json::object{{"name", table->shown()}});
        add_schemas(schemas, *table, verbs);
        add_table_paths(paths, *table, verbs);
    }
    if (!parameters.contains("tables") && backend.dialect->routines() != nullptr) {
        CO_CHECK(co_await add_routines(backend, call, paths));
    }
    const json::object document{
        {"openapi", "3.0.0"},
        {"info", json::object{{"title", call.target.service}, {"version", "2.0"}}},
        {"servers", json::array{json::object{{"url", "/api/v2/" + call.target.service}}}},
        {"tags", std::move(tags)},
        {"security", security()},
        {"paths", std::move(paths)},
        {"components", shared_components(std::move(schemas))}};
    Response response = Response::json(json::serialize(document));
    if (format == "yaml") {
        response.content_type = "application/yaml";
    }
    response.headers.set("Cache-Control", "no-store");
    co_return response;
}

}  // namespace sluice::services::sql
