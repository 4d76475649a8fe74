#include "app/describe_services.h"

#include <algorithm>
#include <utility>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/this_coro.hpp>

#include "access/authorise.h"
#include "core/async.h"
#include "core/json.h"
#include "core/log.h"

namespace sluice::app {
namespace {

using services::Route;
using services::system::NamedDescription;
using services::system::Viewer;
using services::system::Wanted;

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
                                store::SnapshotRef snapshot,
                                Deadline deadline) {
    Call call;
    call.target.service = std::move(name);
    call.target.segments = {path};
    call.target.resource = std::move(path);
    call.request.origin.deadline = deadline;
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

bool lacks_rights(const Error& error) {
    return error.kind() == ErrorKind::Forbidden || error.kind() == ErrorKind::Unauthorized;
}

// The services that are being asked; those that answer too late write into it unread.
struct Round {
    explicit Round(Executor executor) : done(executor) {}
    std::vector<NamedDescription> described;
    std::size_t asked = 0;
    Signal done;
};

// Events go by a table's own name, whatever it is shown as.
std::vector<std::string> own_names(std::vector<std::string> names,
                                   const store::Snapshot& snapshot,
                                   const std::string& service) {
    const auto row = snapshot.services_by_name.find(service);
    const auto aliases = row == snapshot.services_by_name.end()
                             ? snapshot.table_aliases.end()
                             : snapshot.table_aliases.find(row->second->id);
    if (aliases != snapshot.table_aliases.end()) {
        for (std::string& name : names) {
            const auto own = aliases->second.find(lower_case(name));
            name = own == aliases->second.end() ? name : own->second;
        }
    }
    return names;
}

Task<void> ask_for_values(std::shared_ptr<Round> round,
                          std::size_t index,
                          std::string name,
                          services::ServiceRef service,
                          Viewer viewer,
                          store::SnapshotRef snapshot,
                          Deadline deadline) {
    std::map<std::string, std::vector<std::string>> values;
    for (const Route& route : service->describe().routes) {
        const auto list = list_of(route);
        if (!list || values.contains(list->parameter)) {
            continue;
        }
        const Result<Response> answer =
            co_await get_list(*service, name, list->path, viewer, snapshot, deadline);
        if (answer) {
            values[list->parameter] = own_names(names_in(answer->content), *snapshot, name);
        } else if (!lacks_rights(answer.error())) {
            log::warn("app", "the list of events lacks the names of service '" + name +
                                 "': " + answer.error().message());
            break;  // its other lists would fail the same way
        }
    }
    if (index < round->described.size()) {
        round->described[index].values = std::move(values);
    }
    if (--round->asked == 0) {
        round->done.set();
    }
}

}  // namespace

Task<std::vector<NamedDescription>> describe_services(store::SnapshotRef snapshot,
                                                      services::Registry& registry,
                                                      Wanted wanted,
                                                      Viewer viewer) {
    const auto executor = co_await boost::asio::this_coro::executor;
    const Deadline deadline = Deadline::after(wanted.time);
    if (!viewer.principal) {
        viewer.principal = everybody();
    }
    const auto round = std::make_shared<Round>(executor);
    std::vector<services::ServiceRef> found;
    for (const auto& [name, row] : snapshot->services_by_name) {
        if ((!wanted.service.empty() && name != wanted.service) ||
            !access::grants_anything(*viewer.principal, *row, viewer.requestor, *snapshot)) {
            continue;
        }
        const auto service = registry.find(*snapshot, name);
        if (!service) {
            continue;  // inactive, or of a type that is not available here: nothing fires
        }
        round->described.push_back({name, (*service)->describe(), {}});
        found.push_back(*service);
    }
    for (std::size_t i = 0; wanted.has_values && i < found.size(); ++i) {
        if (std::ranges::any_of(round->described[i].description.routes,
                                [](const Route& route) { return list_of(route).has_value(); })) {
            ++round->asked;
            boost::asio::co_spawn(executor,
                                  ask_for_values(round, i, round->described[i].service, found[i],
                                                 viewer, snapshot, deadline),
                                  boost::asio::detached);
        }
    }
    while (round->asked > 0 && !deadline.has_passed()) {
        co_await round->done.wait_until(deadline);
    }
    co_return std::exchange(round->described, {});
}

}  // namespace sluice::app
