#include "pipeline/api_index.h"

#include <algorithm>
#include <array>
#include <map>
#include <set>

#include "core/json.h"
#include "core/words.h"

namespace sluice::pipeline {
namespace {

constexpr std::array<std::string_view, 6> kFields{"id",          "name", "label",
                                                  "description", "type", "spec_url"};

/// Shape: at least one; all of them when `fields` is left out, empty or "*".
Result<std::vector<std::string>> wanted_fields(const Parameters& parameters) {
    const std::string* text = parameters.find("fields");
    std::vector<std::string> fields =
        text == nullptr ? std::vector<std::string>() : words_of(*text);
    if (fields.empty() || std::ranges::find(fields, "*") != fields.end()) {
        return std::vector<std::string>(kFields.begin(), kFields.end());
    }
    for (const std::string& field : fields) {
        if (std::ranges::find(kFields, field) == kFields.end()) {
            return fail(ErrorKind::BadRequest, "Invalid field requested: " + field);
        }
    }
    return fields;
}

/// Whether parameter `name` is left out, empty, or a list that has `value` in any case.
bool allows(const Parameters& parameters, std::string_view name, std::string_view value) {
    const std::string* text = parameters.find(name);
    const std::vector<std::string> words =
        text == nullptr ? std::vector<std::string>() : words_of(*text);
    return words.empty() || std::ranges::any_of(words, [value](const std::string& word) {
               return equals_ignoring_case(word, value);
           });
}

bool is_wanted(const services::Registry& registry,
               const Parameters& parameters,
               std::string_view type) {
    const auto& connectors = registry.connectors();
    const auto found = std::ranges::find_if(
        connectors,
        [type](const services::Connector& connector) { return connector.type.name == type; });
    const std::string_view group =
        found == connectors.end() ? std::string_view() : std::string_view(found->type.group);
    return allows(parameters, "type", type) && allows(parameters, "group", group);
}

json::object shown(const store::ServiceRow& row, const std::vector<std::string>& fields) {
    const json::object all{{"id", row.id},       {"name", row.name},
                           {"label", row.label}, {"description", row.description},
                           {"type", row.type},   {"spec_url", nullptr}};
    json::object out;
    for (const std::string& field : fields) {
        out[field] = all.at(field);
    }
    return out;
}

}  // namespace

bool is_index_path(std::string_view path) {
    return path == "/api" || path == "/api/" || path == "/api/v2" || path == "/api/v2/";
}

Response only_get(const Request& request) {
    Response response = Response::from(
        Error(ErrorKind::MethodNotAllowed, "'" + request.path + "' answers to GET, not to " +
                                               std::string(name_of(request.verb)) + "."));
    response.headers.set("allow", "GET");
    return response;
}

Response api_index(const Parts& parts,
                   const Parameters& parameters,
                   const Principal& principal,
                   const store::Snapshot& snapshot) {
    const auto fields = wanted_fields(parameters);
    if (!fields) {
        return Response::from(fields.error());
    }
    std::map<std::string_view, const store::ServiceRow*> visible;
    for (const auto& [name, row] : snapshot.services_by_name) {
        Target target;
        target.service = name;
        if (row->is_active && is_wanted(parts.registry, parameters, row->type) &&
            parts.authorise(principal, target, Verb::Get, Requestor::Api, snapshot)) {
            visible.emplace(name, row.get());
        }
    }
    json::array services;
    std::set<std::string_view> types;
    for (const auto& [name, row] : visible) {
        services.push_back(shown(*row, *fields));
        types.insert(row->type);
    }
    json::array service_types;
    for (const services::Connector& connector : parts.registry.connectors()) {
        const services::ServiceType& type = connector.type;
        if (types.contains(type.name)) {
            service_types.push_back(json::object{{"name", type.name},
                                                 {"label", type.label},
                                                 {"group", type.group},
                                                 {"description", type.description}});
        }
    }
    return Response::json(json::serialize(json::object{
        {"services", std::move(services)}, {"service_types", std::move(service_types)}}));
}

}  // namespace sluice::pipeline
