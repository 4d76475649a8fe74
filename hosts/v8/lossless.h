#pragma once
/// Whether JavaScript can decode a JSON text and encode it again without losing what the text says.

#include <string_view>

namespace sluice::sandbox {

/// True only when the text has no numeral that a double may not reproduce digit by digit, no key that looks like an
/// integer (JavaScript reorders those) and no key twice in a map. Spaces and escapes do not count.
/// Shape: `json` is valid JSON; of anything else the answer means nothing. Errors: none.
bool is_lossless(std::string_view json);

}  // namespace sluice::sandbox
