#include "pipeline/resolve.h"

#include <algorithm>

#include "core/api_path.h"
#include "pipeline/match_route.h"

namespace sluice::pipeline {
namespace {

std::vector<std::string> segments_of(std::string_view path) {
    std::vector<std::string> segments;
    while (!path.empty()) {
        const std::size_t end = std::min(path.find('/'), path.size());
        if (end > 0) {
            segments.emplace_back(path.substr(0, end));
        }
        path.remove_prefix(std::min(end + 1, path.size()));
    }
    return segments;
}

std::string joined(const std::vector<std::string>& segments) {
    std::string path;
    for (const std::string& segment : segments) {
        path.append(path.empty() ? "" : "/").append(segment);
    }
    return path;
}

std::string capitalised(Verb verb) {
    std::string name(lower_name_of(verb));
    name[0] = static_cast<char>(name[0] - ('a' - 'A'));
    return name;
}

}  // namespace

bool is_api_path(std::string_view path) {
    return after_api(path).has_value();
}

Result<Target> target_of(const Request& request) {
    Target target;
    target.segments = segments_of(after_api(request.path).value_or(std::string_view{}));
    if (target.segments.empty()) {
        return fail(ErrorKind::NotFound, "No service is named in the path.");
    }
    target.service = lower_case(target.segments.front());
    target.segments.erase(target.segments.begin());
    if (std::ranges::find(target.segments, "..") != target.segments.end()) {
        return fail(ErrorKind::BadRequest, "'..' is not allowed in the path.");
    }
    target.resource = joined(target.segments);
    return target;
}

Error unsupported(Verb verb, const Target& target) {
    const std::string what = target.resource.empty()
                                 ? "requests without a resource"
                                 : "requests for resource '" + target.resource + "'";
    return {ErrorKind::BadRequest, "*" + capitalised(verb) + "* " + what +
                                       " are not currently supported by the '" + target.service +
                                       "' service."};
}

Result<Resolved> resolve(Target& target,
                         Verb verb,
                         const store::Snapshot& snapshot,
                         services::Registry& registry) {
    Resolved resolved;
    SLUICE_TRY(resolved.service, registry.find(snapshot, target.service));
    const services::Description& description = resolved.service->describe();
    auto match = match_route(description, target.service, target.segments, verb);
    if (match) {
        resolved.verbs = match->route->verbs;
        target.events = std::move(match->events);
    } else if (description.accepts_any_path) {
        resolved.verbs = VerbSet::all();
        target.events.push_back(
            {target.service + "." + std::string(lower_name_of(verb)), target.resource});
    } else {
        return fail(ErrorKind::NotFound, "Resource '" + target.resource +
                                             "' not found for service '" + target.service + "'.");
    }
    return resolved;
}

}  // namespace sluice::pipeline
