#include "app/describe_services.h"

#include <algorithm>

#include "access/authorise.h"
#include "core/json.h"
#include "core/log.h"

namespace sluice::app {
namespace {

using services::Route;
using services::system::NamedDescription;
using services::system::Viewer;

// A database away must not hold up the list of everybody's events.
constexpr std::chrono::milliseconds kListTime{3000};

// For "_table/{table_name}": the path that lists the values, and the parameter's name.
struct ParameterList {
    std::string path;
    std::string parameter;
};

std::optional<ParameterList> list_of(const Route& route) {
    const std::size_t brace = route.path.find('{');
    if (brace == std::string::npos || brace == 0 || route.path.back() != '}' ||
        route.path.find('/', brace) != std::string::npos) {
        return std::nullopt;
    }
    ParameterList list{route.path.substr(0, brace - 1),
                       route.path.substr(brace + 1, route.path.size() - brace - 2)};
    const bool is_name = list.parameter != "id" && !list.parameter.ends_with("...");
    return is_name ? std::optional(std::move(list)) : std::nullopt;
}

std::vector<std::string> names_in(const std::string& list_json) {
    std::vector<std::string> names;
    const auto parsed = parse_json(list_json);
    const json::object* object = parsed ? parsed->if_object() : nullptr;
    const json::value* items = object != nullptr ? object->if_contains("resource") : nullptr;
    if (items == nullptr || !items->is_array()) {
        return names;
    }
    for (const json::value& item : items->get_array()) {
        if (item.is_object()) {
            names.emplace_back(text_or(item.get_object(), "name", ""));
        } else if (item.is_string()) {
            names.emplace_back(item.get_string());
        }
    }
    return names;
}

// What a GET of the list gives to the viewer; Forbidden or Unauthorized where their role grants
// none.
Task<Result<Response>> get_list(services::Service& service,
                                std::string name,
                                std::string path,
                                Viewer viewer,
                                store::SnapshotRef snapshot) {
    Call call;
    call.target.service = std::move(name);
    call.target.segments = {path};
    call.target.resource = std::move(path);
    call.request.origin.deadline = Deadline::after(kListTime);
    call.principal = std::move(viewer.principal);
    CO_TRY(call.grant,
           access::authorise(*call.principal, call.target, Verb::Get, viewer.requestor, *snapshot));
    co_return co_await service.handle(call);
}

PrincipalRef everybody() {
    auto principal = std::make_shared<Principal>();
    principal->is_unrestricted = true;
    return principal;
}

bool is_refusal(const Error& error) {
    return error.kind() == ErrorKind::Forbidden || error.kind() == ErrorKind::Unauthorized;
}

}  // namespace

Task<std::vector<NamedDescription>> describe_services(store::SnapshotRef snapshot,
                                                      services::Registry& registry,
                                                      std::string only,
                                                      Viewer viewer) {
    if (!viewer.principal) {
        viewer.principal = everybody();
    }
    std::vector<NamedDescription> described;
    for (const auto& [name, row] : snapshot->services_by_name) {
        if ((!only.empty() && name != only) ||
            !access::grants_anything(*viewer.principal, *row, viewer.requestor, *snapshot)) {
            continue;
        }
        const auto service = registry.find(*snapshot, name);
        if (!service) {
            continue;  // inactive, or of a type that is not available here: nothing fires
        }
        NamedDescription entry{name, (*service)->describe(), {}};
        for (const Route& route : entry.description.routes) {
            const auto list = list_of(route);
            if (!list || entry.values.contains(list->parameter)) {
                continue;
            }
            const Result<Response> answer =
                co_await get_list(**service, name, list->path, viewer, snapshot);
            if (answer) {
                entry.values[list->parameter] = names_in(answer->content);
            } else if (!is_refusal(answer.error())) {
                log::warn("app", "the list of events lacks the names of service '" + name +
                                     "': " + answer.error().message());
            }
        }
        described.push_back(std::move(entry));
    }
    co_return described;
}

}  // namespace sluice::app
