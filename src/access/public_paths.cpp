#include "access/public_paths.h"

#include <algorithm>
#include <array>

#include "core/api_path.h"
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

Place place_of(std::string_view path) {
    std::string_view rest = after_api(path).value_or(std::string_view{});
    while (rest.ends_with('/')) {
        rest.remove_suffix(1);
    }
    const std::size_t slash = rest.find('/');
    if (slash == std::string_view::npos) {
        return {rest, {}};
    }
    const std::size_t start = std::min(rest.find_first_not_of('/', slash), rest.size());
    return {rest.substr(0, slash), rest.substr(start)};
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
