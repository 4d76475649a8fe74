#pragma once
/// Binary columns on the wire: base64 of RFC 4648, with padding.

#include <optional>
#include <string>
#include <string_view>

namespace sluice::services::sql {

void append_base64(std::string& out, std::string_view bytes);

/// Empty for anything that is not whole groups of the standard alphabet, padding included.
std::optional<std::string> from_base64(std::string_view text);

}  // namespace sluice::services::sql
