#pragma once
/// Session tokens: JSON Web Tokens signed with HMAC-SHA-256, and no other algorithm.
/// Source: RFC 7515, RFC 7519; the claims are those that existing clients read.

#include <cstdint>
#include <string>
#include <string_view>

#include "core/result.h"

namespace sluice::access {

struct Claims {
    std::int64_t user_id = 0;
    /// MD5 of the user's e-mail, hex: a token dies when the e-mail changes.
    std::string sub;
    /// Seconds since 1970.
    std::int64_t iat = 0;
    std::int64_t exp = 0;
    /// Makes two tokens of one second differ.
    std::string jti;
    bool forever = false;
};

std::string sign_token(const Claims& claims, std::string_view key);

/// Reads a token whose signature holds. Does not look at the clock.
/// Errors: Unauthorized, "Invalid token: ...".
Result<Claims> read_token(std::string_view token, std::string_view key);

/// What `Claims::sub` must be for this e-mail.
std::string subject_of(std::string_view email);

}  // namespace sluice::access
