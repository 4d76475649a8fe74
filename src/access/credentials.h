#pragma once
/// What a request brings along to say who calls. Pure.

#include <optional>
#include <string>
#include <string_view>

#include "core/request.h"

namespace sluice::access {

struct BasicLogin {
    std::string name;
    std::string password;
};

/// Shape: empty or unset where nothing was presented.
struct Credentials {
    std::string_view api_key;
    std::string_view token;
    /// The value of an `Authorization: Basic` header after its scheme; decoded only when needed.
    std::string_view basic;

    bool empty() const { return api_key.empty() && token.empty() && basic.empty(); }
};

/// Views into `request`.
/// Source: the key from the query `api_key`, then the headers X-DreamFactory-API-Key, X-API-Key,
///         x-apikey; the token from `Authorization: Bearer`, then X-DreamFactory-Session-Token,
///         then the query `session_token`.
Credentials credentials_of(const Request& request);

/// Empty when it is not `name:password` in base64.
std::optional<BasicLogin> decode_basic(std::string_view basic);

}  // namespace sluice::access
