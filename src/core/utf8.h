#pragma once
/// UTF-8 checks by the table of RFC 3629: no surrogates, no overlong forms, nothing past U+10FFFF.

#include <cstddef>
#include <string_view>

namespace sluice {

/// Bytes of the character that starts at `at`, or 0 when no valid character starts there.
std::size_t utf8_length_at(std::string_view text, std::size_t at);

bool is_utf8(std::string_view text);

}  // namespace sluice
