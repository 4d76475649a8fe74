#include "services/system/event.h"

#include <algorithm>
#include <array>

namespace sluice::services::system {
namespace {

constexpr std::array kVerbs{Verb::Get, Verb::Post, Verb::Put, Verb::Patch, Verb::Delete};
// `.queued` is one more, once such scripts run: until then saving one is refused.
constexpr std::array<std::string_view, 2> kStages{".pre_process", ".post_process"};

void append_endpoints(json::array& out,
                      const std::string& path,
                      const Route& route,
                      bool is_scriptable) {
    for (const Verb verb : kVerbs) {
        if (!route.verbs.contains(verb)) {
            continue;
        }
        const std::string name = path + "." + std::string(lower_name_of(verb));
        out.push_back(json::value(name));
        for (const std::string_view stage : kStages) {
            if (is_scriptable) {
                out.push_back(json::value(name + std::string(stage)));
            }
        }
    }
}

/// The known values of the parameters in a path; null when none is known.
json::value parameters_of(const NamedDescription& service, const std::string& path) {
    json::object known;
    for (const auto& [name, values] : service.values) {
        if (path.find("{" + name + "}") != std::string::npos) {
            known[name] = json::array(values.begin(), values.end());
        }
    }
    return known.empty() ? json::value(nullptr) : json::value(std::move(known));
}

json::object map_of(const NamedDescription& service, bool is_scriptable) {
    json::object paths;
    for (const Route& route : service.description.routes) {
        const std::string path = event_path(service.service, route.path);
        json::array endpoints;
        append_endpoints(endpoints, path, route, is_scriptable);
        if (endpoints.empty()) {
            continue;  // a path that only says that it takes no verb
        }
        paths[path] = {{"type", "api"},
                       {"endpoints", std::move(endpoints)},
                       {"parameter", parameters_of(service, path)}};
    }
    return paths;
}

std::string wrapped(json::array items) {
    return json::serialize(json::object{{"resource", std::move(items)}});
}

std::string services_of(const std::vector<NamedDescription>& services) {
    json::array names;
    for (const NamedDescription& service : services) {
        names.push_back(json::value(service.service));
    }
    return wrapped(std::move(names));
}

std::string all_names(const std::vector<NamedDescription>& services, bool is_scriptable) {
    json::array names;
    for (const NamedDescription& service : services) {
        for (const Route& route : service.description.routes) {
            append_endpoints(names, event_path(service.service, route.path), route, is_scriptable);
        }
    }
    return wrapped(std::move(names));
}

}  // namespace

std::string event_path(std::string_view service, std::string_view route) {
    std::string path(service);
    if (!route.empty()) {
        path.append(".");
    }
    for (std::size_t i = 0; i < route.size(); ++i) {
        if (route.substr(i).starts_with("...}")) {
            i += 3;  // the rest of the path is written like any parameter
        }
        path.push_back(route[i] == '/' ? '.' : route[i]);
    }
    return path;
}

std::vector<Route> Events::routes() const {
    return {{"event", kGet, "Lists the events that scripts can be attached to."}};
}

Task<Result<Response>> Events::handle(const Call& call) {
    if (call.request.verb != Verb::Get) {
        co_return fail(unsupported(call));
    }
    const Parameters& options = call.request.parameters;
    const std::string only(options.get_or("service", ""));
    std::vector<NamedDescription> services;
    if (descriptions_) {
        services = co_await descriptions_({only, !options.is_on("services_only")},
                                          {call.principal, call.request.origin.requestor});
    }
    std::ranges::sort(services, {}, &NamedDescription::service);
    if (!only.empty()) {
        std::erase_if(services, [&](const auto& service) { return service.service != only; });
    }
    if (options.is_on("services_only")) {
        co_return Response::json(services_of(services));
    }
    const bool is_scriptable = options.is_on("scriptable");
    if (options.is_on("as_list")) {
        co_return Response::json(all_names(services, is_scriptable));
    }
    json::object out;
    for (const NamedDescription& service : services) {
        out[service.service] = map_of(service, is_scriptable);
    }
    co_return Response::json(json::serialize(out));
}

}  // namespace sluice::services::system
