#include "services/sql/spec/routine_paths.h"

#include <algorithm>
#include <array>
#include <map>

#include "services/sql/routines/routine_calls.h"
#include "services/sql/spec/schemas.h"

namespace sluice::services::sql {
namespace {

/// By name, in the order of the first routine that has it; nameless ones cannot be described.
struct Described {
    std::vector<const RoutineParameter*> parameters;
    std::map<std::string, std::size_t> required_by;
};

Described described(const std::vector<RoutineRef>& overloads) {
    Described all;
    for (const RoutineRef& routine : overloads) {
        for (const RoutineParameter& parameter : routine->parameters) {
            const std::string& name = parameter.column.name;
            if (!parameter.takes() || name.empty()) {
                continue;
            }
            all.required_by[name] += parameter.has_default ? 0 : 1;
            const bool is_known = std::ranges::any_of(
                all.parameters,
                [&name](const RoutineParameter* known) { return known->column.name == name; });
            if (!is_known) {
                all.parameters.push_back(&parameter);
            }
        }
    }
    return all;
}

json::object schema_of(const RoutineParameter& parameter) {
    if (parameter.is_array) {
        return {{"type", "array"},
                {"items", json::object{}},
                {"description", parameter.column.db_type}};
    }
    return schema_of(parameter.column);
}

json::object list_of_records() {
    return {{"type", "array"}, {"items", json::object{{"type", "object"}}}};
}

json::object answer_schema(const Routine& routine) {
    if (routine.gives_parameters()) {
        json::object members;
        for (const RoutineParameter& parameter : routine.parameters) {
            if (parameter.gives()) {
                members[parameter.column.name] = schema_of(parameter);
            }
        }
        return {{"type", "object"}, {"properties", std::move(members)}};
    }
    if (!routine.is_function) {
        return list_of_records();
    }
    json::object one = routine.gives == Routine::Gives::Value ? schema_of(routine.returns)
                                                              : json::object{{"type", "object"}};
    if (routine.gives == Routine::Gives::Nothing) {
        return {};
    }
    return routine.gives_many ? json::object{{"type", "array"}, {"items", std::move(one)}} : one;
}

json::object content(json::object schema) {
    return {{"application/json", json::object{{"schema", std::move(schema)}}}};
}

json::object option(std::string_view name, std::string_view description) {
    return {{"name", name},
            {"in", "query"},
            {"description", description},
            {"schema", json::object{{"type", "string"}}}};
}

json::array query_parameters(const Described& all, std::size_t overloads) {
    json::array parameters;
    for (const RoutineParameter* parameter : all.parameters) {
        parameters.push_back(
            json::object{{"name", parameter->column.name},
                         {"in", "query"},
                         {"required", all.required_by.at(parameter->column.name) == overloads},
                         {"schema", schema_of(*parameter)}});
    }
    parameters.push_back(option("returns", "The type of the one value to answer."));
    parameters.push_back(option("wrapper", "The member that holds the results."));
    return parameters;
}

json::object body_schema(const Described& all) {
    json::object members;
    for (const RoutineParameter* parameter : all.parameters) {
        members[parameter->column.name] = schema_of(*parameter);
    }
    const json::object text{{"type", "string"}};
    return {{"type", "object"},
            {"properties",
             json::object{
                 {"params", json::object{{"type", "object"}, {"properties", std::move(members)}}},
                 {"returns", text},
                 {"wrapper", text},
                 {"schema", json::object{{"type", "object"}, {"additionalProperties", text}}}}}};
}

}  // namespace

void add_routine_path(json::object& paths,
                      RoutineForm form,
                      const std::vector<RoutineRef>& overloads,
                      VerbSet verbs) {
    const Routine& first = *overloads.front();
    const std::string resource(resource_of(form));
    const Described all = described(overloads);
    json::object path;
    for (const Verb verb : {Verb::Get, Verb::Post}) {
        if (!verbs.contains(verb)) {
            continue;
        }
        const json::object answer{{"description", "Done."},
                                  {"content", content(answer_schema(first))}};
        json::object call{
            {"tags", json::array{resource}},
            {"operationId", std::string(lower_name_of(verb)) + "-" + resource.substr(1) + "-" +
                                component_name(first.name)},
            {"summary", first.description.empty() ? "Call " + first.name : first.description},
            {"responses",
             json::object{{"200", answer}, {"default", reference_to("responses", "Error")}}}};
        if (verb == Verb::Get) {
            call["parameters"] = query_parameters(all, overloads.size());
        } else {
            call["requestBody"] = json::object{{"content", content(body_schema(all))}};
        }
        path[lower_name_of(verb)] = std::move(call);
    }
    if (!path.empty()) {
        paths["/" + resource + "/" + first.name] = std::move(path);
    }
}

}  // namespace sluice::services::sql
