#include "services/system/event_doubt.h"

#include <algorithm>

#include "core/fields.h"
#include "services/system/event.h"
#include "store/event_names.h"

namespace sluice::services::system {
namespace {

/// "todo" stands for "{table_name}" where the service has such a table, or where nobody knows.
bool is_value(const NamedDescription& service, std::string_view parameter, std::string_view text) {
    if (text.empty() || text.find_first_of("{}") != std::string_view::npos || parameter == "id") {
        return false;
    }
    const auto known = service.values.find(std::string(parameter));
    return known == service.values.end() ||
           std::ranges::any_of(known->second, [text](const std::string& value) {
               return equals_ignoring_case(value, text);
           });
}

/// Whether `name` is what `path` spells, with values in place of parameters or without. Values may
/// hold dots, so every place where one could end is tried.
bool fits(const NamedDescription& service, std::string_view name, std::string_view path) {
    const std::size_t brace = path.find('{');
    if (brace == std::string_view::npos) {
        return equals_ignoring_case(name, path);
    }
    if (name.size() < brace ||
        !equals_ignoring_case(name.substr(0, brace), path.substr(0, brace))) {
        return false;
    }
    const std::size_t close = path.find('}', brace);
    const std::string_view parameter = path.substr(brace, close - brace + 1);
    name.remove_prefix(brace);
    path.remove_prefix(close + 1);
    if (name.size() >= parameter.size() &&
        equals_ignoring_case(name.substr(0, parameter.size()), parameter) &&
        fits(service, name.substr(parameter.size()), path)) {
        return true;
    }
    const std::string_view bare = parameter.substr(1, parameter.size() - 2);
    for (std::size_t end = 1; end <= name.size(); ++end) {
        const bool may_end = end == name.size() || name[end] == '.';
        if (may_end && is_value(service, bare, name.substr(0, end)) &&
            fits(service, name.substr(end), path)) {
            return true;
        }
    }
    return false;
}

bool fires(const NamedDescription& service, std::string_view event) {
    for (const Route& route : service.description.routes) {
        const std::string path = event_path(service.service, route.path);
        for (const Verb verb : {Verb::Get, Verb::Post, Verb::Put, Verb::Patch, Verb::Delete}) {
            if (route.verbs.contains(verb) &&
                fits(service, event, path + "." + std::string(lower_name_of(verb)))) {
                return true;
            }
        }
    }
    return false;
}

}  // namespace

std::optional<std::string> event_doubt(std::string_view script_name,
                                       const std::vector<NamedDescription>& services) {
    const std::string_view event = store::split_event_name(script_name).event;
    const std::string_view name = event.substr(0, event.find('.'));
    const auto service = std::ranges::find_if(services, [name](const NamedDescription& known) {
        return equals_ignoring_case(known.service, name);
    });
    if (service == services.end()) {
        return "No service '" + std::string(name) +
               "' is in use: the script will not run until there is one.";
    }
    if (fires(*service, event)) {
        return std::nullopt;
    }
    return "Service '" + service->service + "' has no event '" + std::string(event) +
           "' now: the script will not run until there is one.";
}

}  // namespace sluice::services::system
