#pragma once
/// Base64 as tokens carry it: RFC 4648 §5, without padding.

#include <optional>
#include <string>
#include <string_view>

namespace sluice::access {

std::string to_base64url(std::string_view bytes);

/// Strict: empty for any other character, an impossible length, or bits that are left over. One
/// text has one spelling, so a token cannot be altered and stay valid.
std::optional<std::string> from_base64url(std::string_view text);

/// The ordinary alphabet with optional padding, as HTTP Basic carries it.
std::optional<std::string> from_base64(std::string_view text);

}  // namespace sluice::access
