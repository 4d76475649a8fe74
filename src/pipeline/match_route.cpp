#include "pipeline/match_route.h"

namespace sluice::pipeline {
namespace {

using Segments = std::vector<std::string_view>;

Segments split(std::string_view path) {
    Segments parts;
    while (!path.empty()) {
        const std::size_t end = path.find('/');
        parts.push_back(path.substr(0, end));
        path.remove_prefix(end == std::string_view::npos ? path.size() : end + 1);
    }
    return parts;
}

bool is_parameter(std::string_view part) {
    return part.starts_with('{');
}

bool is_rest(std::string_view part) {
    return part.ends_with("...}");
}

bool begins_otherwise(std::string_view path, const std::vector<std::string>& segments) {
    const std::string_view first = path.substr(0, path.find('/'));
    return !is_parameter(first) && first != (segments.empty() ? std::string_view() : segments[0]);
}

// How well a pattern fits: the number of literal segments, or -1.
int score(const Segments& pattern, const std::vector<std::string>& segments) {
    const bool has_rest = !pattern.empty() && is_rest(pattern.back());
    if (has_rest ? segments.size() < pattern.size() : segments.size() != pattern.size()) {
        return -1;
    }
    int literals = 0;
    for (std::size_t i = 0; i < pattern.size(); ++i) {
        if (is_parameter(pattern[i])) {
            continue;
        }
        if (pattern[i] != segments[i]) {
            return -1;
        }
        ++literals;
    }
    return literals;
}

std::string value_at(const Segments& pattern,
                     const std::vector<std::string>& segments,
                     std::size_t i,
                     bool takes_values = false) {
    if (takes_values && i + 1 == pattern.size()) {
        return segments[i].substr(0, segments[i].find('('));
    }
    if (!is_rest(pattern[i])) {
        return segments[i];
    }
    std::string rest = segments[i];
    for (std::size_t k = i + 1; k < segments.size(); ++k) {
        rest.append("/").append(segments[k]);
    }
    return rest;
}

// The name of a parameter in an event name: `{path...}` is written `{path}`.
std::string written(std::string_view parameter) {
    return is_rest(parameter) ? std::string(parameter.substr(0, parameter.size() - 4)) + "}"
                              : std::string(parameter);
}

void append_resource(std::string& resource, std::string_view value) {
    if (!resource.empty()) {
        resource.append("/");
    }
    resource.append(value);
}

std::vector<EventName> events_of(const Segments& pattern,
                                 std::string_view service,
                                 const std::vector<std::string>& segments,
                                 Verb verb,
                                 bool takes_values) {
    EventName generic{std::string(service), ""};
    EventName specific{std::string(service), ""};
    for (std::size_t i = 0; i < pattern.size(); ++i) {
        generic.name.append(".");
        specific.name.append(".");
        if (!is_parameter(pattern[i])) {
            generic.name.append(pattern[i]);
            specific.name.append(pattern[i]);
            continue;
        }
        const std::string value = value_at(pattern, segments, i, takes_values);
        append_resource(generic.resource, value);
        generic.name.append(written(pattern[i]));
        if (pattern[i] == "{id}") {
            append_resource(specific.resource, value);
            specific.name.append(pattern[i]);
        } else {
            specific.name.append(value);
        }
    }
    generic.name.append(".").append(lower_name_of(verb));
    specific.name.append(".").append(lower_name_of(verb));
    if (specific.resource.empty()) {
        specific.resource = generic.resource;
    }
    std::vector<EventName> events;
    const bool is_one = generic.name == specific.name;
    events.push_back(std::move(generic));
    if (!is_one) {
        events.push_back(std::move(specific));
    }
    return events;
}

// The event of the collection that a key belongs to; its resource is the key.
EventName collection_event(const Segments& pattern,
                           std::string_view service,
                           const std::vector<std::string>& segments,
                           Verb verb) {
    EventName event{std::string(service), value_at(pattern, segments, pattern.size() - 1)};
    for (std::size_t i = 0; i + 1 < pattern.size(); ++i) {
        event.name.append(".").append(pattern[i]);
    }
    event.name.append(".").append(lower_name_of(verb));
    return event;
}

}  // namespace

std::optional<RouteMatch> match_route(const services::Description& description,
                                      std::string_view service,
                                      const std::vector<std::string>& segments,
                                      Verb verb) {
    const services::Route* best = nullptr;
    Segments best_pattern;
    int best_score = -1;
    for (const services::Route& route : description.routes) {
        if (begins_otherwise(route.path, segments)) {
            continue;  // without taking it apart: most routes of a service do
        }
        Segments pattern = split(route.path);
        const int fit = score(pattern, segments);
        if (fit > best_score) {
            best = &route;
            best_pattern = std::move(pattern);
            best_score = fit;
        }
    }
    if (best == nullptr) {
        return std::nullopt;
    }
    RouteMatch match{best, events_of(best_pattern, service, segments, verb, best->takes_values)};
    if (best->fires_collection) {
        match.events.insert(match.events.begin(),
                            collection_event(best_pattern, service, segments, verb));
    }
    return match;
}

}  // namespace sluice::pipeline
