#include "pipeline/api_index.h"

#include <map>
#include <set>

#include "core/json.h"

namespace sluice::pipeline {

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
                   const Principal& principal,
                   const store::Snapshot& snapshot) {
    std::map<std::string_view, const store::ServiceRow*> visible;
    for (const auto& [name, row] : snapshot.services_by_name) {
        Target target;
        target.service = name;
        if (row->is_active &&
            parts.authorise(principal, target, Verb::Get, Requestor::Api, snapshot)) {
            visible.emplace(name, row.get());
        }
    }
    json::array services;
    std::set<std::string_view> types;
    for (const auto& [name, row] : visible) {
        services.push_back(json::object{{"id", row->id},
                                        {"name", row->name},
                                        {"label", row->label},
                                        {"description", row->description},
                                        {"type", row->type}});
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
