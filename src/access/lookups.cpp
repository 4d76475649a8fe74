#include "access/lookups.h"

namespace sluice::access {
namespace {

std::optional<std::string> user_value(std::string_view name, const Principal& principal) {
    const UserIdentity nobody;
    const UserIdentity& user = principal.user ? *principal.user : nobody;
    if (name == "id") {
        return principal.user ? std::to_string(user.id) : "";
    }
    if (name == "email") {
        return user.email;
    }
    if (name == "name" || name == "display_name") {
        return user.name;
    }
    if (name == "username") {
        return user.username;
    }
    if (name == "first_name") {
        return user.first_name;
    }
    if (name == "last_name") {
        return user.last_name;
    }
    return std::nullopt;
}

template <typename Identity>
std::optional<std::string> id_or_name(std::string_view name, const std::optional<Identity>& of) {
    if (name == "id") {
        return of ? std::to_string(of->id) : "";
    }
    if (name == "name") {
        return of ? of->name : "";
    }
    return std::nullopt;
}

std::optional<std::string> value_of(std::string_view name, const Principal& principal) {
    const std::size_t dot = name.find('.');
    if (dot == std::string_view::npos) {
        return std::nullopt;
    }
    const std::string_view group = name.substr(0, dot);
    const std::string_view rest = name.substr(dot + 1);
    if (group == "user") {
        return user_value(rest, principal);
    }
    if (group == "role") {
        return id_or_name(rest, principal.role);
    }
    if (group == "app") {
        return rest == "api_key" ? principal.api_key : id_or_name(rest, principal.app);
    }
    if (name == "session.token") {
        return principal.session_token;
    }
    return std::nullopt;
}

bool speaks_of_the_caller(std::string_view name) {
    return name.starts_with("user.") || name.starts_with("role.") || name.starts_with("app.") ||
           name.starts_with("session.");
}

}  // namespace

std::optional<std::string> find_unknown_lookup(std::string_view text) {
    const Principal nobody;
    for (;;) {
        const std::size_t open = text.find('{');
        const std::size_t close = text.find('}', open);
        if (open == std::string_view::npos || close == std::string_view::npos) {
            return std::nullopt;
        }
        const std::string_view name = text.substr(open + 1, close - open - 1);
        if (speaks_of_the_caller(name) && !value_of(name, nobody)) {
            return std::string(name);
        }
        text.remove_prefix(close + 1);
    }
}

std::optional<std::string> with_lookups(std::string_view text,
                                        const Principal& principal,
                                        ValueForm form) {
    std::string out;
    while (!text.empty()) {
        const std::size_t open = text.find('{');
        const std::size_t close = text.find('}', open);
        if (open == std::string_view::npos || close == std::string_view::npos) {
            return out.append(text);
        }
        const std::string_view name = text.substr(open + 1, close - open - 1);
        out.append(text.substr(0, open));
        if (const auto value = value_of(name, principal)) {
            const bool is_several =
                form == ValueForm::List && value->find_first_of(",'\"()") != std::string::npos;
            if (value->empty() || is_several) {
                return std::nullopt;
            }
            out.append(*value);
        } else {
            out.append(text.substr(open, close - open + 1));
        }
        text.remove_prefix(close + 1);
    }
    return out;
}

}  // namespace sluice::access
