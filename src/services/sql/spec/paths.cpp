#include "services/sql/spec/paths.h"

#include <array>

#include "services/sql/labels.h"
#include "services/sql/spec/schemas.h"

namespace sluice::services::sql {
namespace {

struct Option {
    std::string_view name;
    std::string_view type;
    std::string_view description;
};

constexpr std::array kOptions{
    Option{"fields", "string", "Fields of the answer, joined by commas; * for all."},
    Option{"related", "string", "Relations that the records show, joined by commas; * for all."},
    Option{"filter", "string", "Which records: (age >= 18) and (name starts with 'A')"},
    Option{"limit", "integer", "The most records of the answer."},
    Option{"offset", "integer", "How many records are passed over."},
    Option{"order", "string", "name desc nulls last, id"},
    Option{"group", "string", "Fields to group by; aggregates stand in fields: COUNT(*), SUM(x)."},
    Option{"having", "string", "A filter on the groups: COUNT_ALL > 1"},
    Option{"ids", "string", "Identifiers of records, joined by commas."},
    Option{"id_field", "string", "The field that identifies records, instead of the primary key."},
    Option{"include_count", "boolean", "Tell in meta.count how many records there are."},
    Option{"include_schema", "boolean", "Describe the table in meta.schema."},
    Option{"count_only", "boolean", "Answer with the number of records alone."},
    Option{"continue", "boolean", "Go on with the next record when one fails."},
    Option{"rollback", "boolean", "Undo everything when one record fails."},
    Option{"allow_related_delete", "boolean",
           "Delete records inside of others that are given up and cannot be without."},
    Option{"force", "boolean", "Delete all records when neither filter nor records are given."},
};

using Names = std::initializer_list<std::string_view>;

/// The summary, the answer and, when not null, the body of one call.
struct Operation {
    std::string summary;
    json::object answer;
    json::object body;
    bool has_id = false;
};

json::object content(json::object schema) {
    return {{"application/json", json::object{{"schema", std::move(schema)}}}};
}

json::object id_parameter(const Table& table) {
    const bool is_one = table.keys.size() == 1;
    return {{"name", "id"},
            {"in", "path"},
            {"required", true},
            {"description", "The value of the primary key; those of several columns with commas."},
            {"schema",
             is_one ? json::object{{"type", schema_of(table.columns[table.keys.front()])["type"]}}
                    : json::object{{"type", "string"}}}};
}

json::object describe(const Table& table, Verb verb, Operation operation, Names options) {
    json::array parameters;
    if (operation.has_id) {
        parameters.push_back(id_parameter(table));
    }
    for (const std::string_view option : options) {
        parameters.push_back(reference_to("parameters", option));
    }
    const json::object answer{{"description", "Done."},
                              {"content", content(std::move(operation.answer))}};
    json::object call{
        {"tags", json::array{table.shown()}},
        {"operationId", std::string(lower_name_of(verb)) + "-" + component_name(table.shown()) +
                            (operation.has_id ? "-by-id" : "")},
        {"summary", operation.summary},
        {"parameters", std::move(parameters)},
        {"responses",
         json::object{{"200", answer}, {"default", reference_to("responses", "Error")}}}};
    if (!operation.body.empty()) {
        call["requestBody"] =
            json::object{{"required", true}, {"content", content(std::move(operation.body))}};
    }
    return call;
}

void add_list_calls(json::object& path, const Table& table, VerbSet verbs) {
    const std::string name = component_name(table.shown());
    const std::string plural = plural_of(label_of(table.shown()));
    const json::object list = reference_to("schemas", name + "-list");
    const auto add = [&](Verb verb, const char* what, json::object body, Names options) {
        if (verbs.contains(verb)) {
            path[lower_name_of(verb)] =
                describe(table, verb, {what + plural, list, std::move(body), false}, options);
        }
    };
    add(Verb::Get, "Read ", {},
        {"fields", "related", "filter", "limit", "offset", "order", "group", "having", "ids",
         "id_field", "include_count", "include_schema", "count_only"});
    if (table.is_view) {
        return;
    }
    const json::object records = reference_to("schemas", name + "-list");
    add(Verb::Post, "Create ", reference_to("schemas", name + "-new-list"),
        {"fields", "related", "continue", "rollback"});
    for (const Verb verb : {Verb::Put, Verb::Patch}) {
        add(verb, "Change ", records,
            {"fields", "related", "filter", "ids", "id_field", "continue", "rollback",
             "allow_related_delete"});
    }
    add(Verb::Delete, "Delete ", {},
        {"fields", "related", "filter", "ids", "id_field", "continue", "rollback", "force"});
}

void add_id_calls(json::object& path, const Table& table, VerbSet verbs) {
    const json::object record = reference_to("schemas", component_name(table.shown()));
    const std::string label = label_of(table.shown());
    const auto add = [&](Verb verb, const char* what, json::object body) {
        if (verbs.contains(verb)) {
            path[lower_name_of(verb)] = describe(
                table, verb, {what + label + " by its identifier", record, std::move(body), true},
                {"fields", "related", "id_field"});
        }
    };
    add(Verb::Get, "Read one ", {});
    if (!table.is_view) {
        add(Verb::Put, "Change one ", record);
        add(Verb::Patch, "Change one ", record);
        add(Verb::Delete, "Delete one ", {});
    }
}

json::object error_schema() {
    const json::object text{{"type", "string"}};
    const json::object number{{"type", "integer"}};
    const json::object inner{
        {"type", "object"},
        {"properties", json::object{{"code", number},
                                    {"context", json::object{{"nullable", true}}},
                                    {"message", text},
                                    {"status_code", number}}}};
    return {{"type", "object"}, {"properties", json::object{{"error", inner}}}};
}

json::object header_scheme(std::string_view header) {
    return {{"type", "apiKey"}, {"in", "header"}, {"name", header}};
}

}  // namespace

void add_table_paths(json::object& paths, const Table& table, VerbSet verbs) {
    json::object list;
    add_list_calls(list, table, verbs);
    if (!list.empty()) {
        paths["/_table/" + table.shown()] = std::move(list);
    }
    json::object one;
    if (!table.keys.empty()) {
        add_id_calls(one, table, verbs);
    }
    if (!one.empty()) {
        paths["/_table/" + table.shown() + "/{id}"] = std::move(one);
    }
}

json::object shared_components(json::object schemas) {
    schemas["Error"] = error_schema();
    json::object parameters;
    for (const Option& option : kOptions) {
        parameters[option.name] = json::object{{"name", option.name},
                                               {"in", "query"},
                                               {"description", option.description},
                                               {"schema", json::object{{"type", option.type}}}};
    }
    const json::object error{{"description", "What went wrong."},
                             {"content", content(reference_to("schemas", "Error"))}};
    return {{"schemas", std::move(schemas)},
            {"parameters", std::move(parameters)},
            {"responses", json::object{{"Error", error}}},
            {"securitySchemes",
             json::object{{"ApiKey", header_scheme("X-DreamFactory-API-Key")},
                          {"SessionToken", header_scheme("X-DreamFactory-Session-Token")},
                          {"BearerToken", json::object{{"type", "http"}, {"scheme", "bearer"}}},
                          {"Basic", json::object{{"type", "http"}, {"scheme", "basic"}}}}}};
}

}  // namespace sluice::services::sql
