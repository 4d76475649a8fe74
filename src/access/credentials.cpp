#include "access/credentials.h"

#include "access/base64url.h"

namespace sluice::access {
namespace {

std::string_view first_of(const Fields& fields, std::initializer_list<std::string_view> names) {
    for (const std::string_view name : names) {
        const std::string* value = fields.find(name);
        if (value != nullptr && !value->empty()) {
            return *value;
        }
    }
    return {};
}

// The rest of an Authorization header of this scheme, or nothing.
std::string_view after_scheme(std::string_view header, std::string_view scheme) {
    if (header.size() <= scheme.size() || header[scheme.size()] != ' ' ||
        !equals_ignoring_case(header.substr(0, scheme.size()), scheme)) {
        return {};
    }
    return trimmed(header.substr(scheme.size() + 1));
}

}  // namespace

Credentials credentials_of(const Request& request) {
    Credentials found;
    found.api_key = first_of(request.parameters, {"api_key"});
    if (found.api_key.empty()) {
        found.api_key =
            first_of(request.headers, {"x-dreamfactory-api-key", "x-api-key", "x-apikey"});
    }
    const std::string_view authorization = request.headers.get_or("authorization", "");
    found.token = after_scheme(authorization, "Bearer");
    if (found.token.empty()) {
        found.token = first_of(request.headers, {"x-dreamfactory-session-token"});
    }
    if (found.token.empty()) {
        found.token = first_of(request.parameters, {"session_token"});
    }
    if (found.token.empty()) {
        found.basic = after_scheme(authorization, "Basic");
    }
    return found;
}

std::optional<BasicLogin> decode_basic(std::string_view basic) {
    const auto text = from_base64(basic);
    if (!text) {
        return std::nullopt;
    }
    const std::size_t colon = text->find(':');
    if (colon == std::string::npos) {
        return std::nullopt;
    }
    return BasicLogin{text->substr(0, colon), text->substr(colon + 1)};
}

}  // namespace sluice::access
