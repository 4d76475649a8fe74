#include "access/public_paths.h"

#include <algorithm>
#include <array>

#include "core/fields.h"

namespace sluice::access {
namespace {

struct PublicPath {
    std::string_view service;
    std::string_view resource;
    VerbSet verbs;
};

// Bits: GET 1, POST 2, PUT 4, PATCH 8, DELETE 16.
constexpr std::array kPublic{
    PublicPath{"system", "admin/session", VerbSet::all()},
    PublicPath{"system", "admin/password", VerbSet(2)},
    PublicPath{"system", "environment", VerbSet(1)},
    PublicPath{"user", "session", VerbSet::all()},
    PublicPath{"user", "password", VerbSet(2)},
    PublicPath{"user", "register", VerbSet(2)},
    PublicPath{"user", "profile", VerbSet(1 | 2 | 4 | 8)},
    PublicPath{"api_docs", "", VerbSet(1)},
};

struct Place {
    std::string_view service;
    std::string_view resource;
};

std::string_view without_slashes(std::string_view text) {
    while (text.starts_with('/')) {
        text.remove_prefix(1);
    }
    while (text.ends_with('/')) {
        text.remove_suffix(1);
    }
    return text;
}

std::string_view take_segment(std::string_view& path) {
    path = without_slashes(path);
    const std::string_view segment = path.substr(0, path.find('/'));
    path = without_slashes(path.substr(segment.size()));
    return segment;
}

bool is_version(std::string_view segment) {
    return segment.size() > 1 && segment[0] == 'v' &&
           segment.find_first_not_of("0123456789.", 1) == std::string_view::npos;
}

Place place_of(std::string_view path) {
    if (take_segment(path) != "api") {
        return {};
    }
    std::string_view service = take_segment(path);
    if (is_version(service)) {
        service = take_segment(path);
    }
    return {service, path};
}

}  // namespace

bool is_public(std::string_view service, std::string_view resource, Verb verb) {
    return std::ranges::any_of(kPublic, [&](const PublicPath& path) {
        return path.resource == resource && equals_ignoring_case(path.service, service) &&
               path.verbs.contains(verb);
    });
}

bool is_public_path(std::string_view path, Verb verb) {
    const Place place = place_of(path);
    return is_public(place.service, place.resource, verb);
}

bool is_session_path(std::string_view path) {
    const Place place = place_of(path);
    return (equals_ignoring_case(place.service, "system") && place.resource == "admin/session") ||
           (equals_ignoring_case(place.service, "user") && place.resource == "session");
}

}  // namespace sluice::access
