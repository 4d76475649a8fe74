#pragma once
/// Whether JavaScript can decode a JSON text and encode it again without losing what the text says.

#include <cstdint>
#include <string_view>

namespace sluice::sandbox {

/// The numbers are those of hosts/js/json_text.js.
enum class JsonShape : std::uint32_t {
    Unknown = 0,
    /// No numeral that a double may not reproduce digit by digit, no key that looks like an integer
    /// (JavaScript reorders those), no key twice in a map.
    Lossless = 1,
    /// Besides, no space between values and no escape that JSON.stringify would not write: the same
    /// text comes back.
    Canonical = 2,
};

/// Errs on the side of Unknown. Shape: `json` is valid JSON; of anything else the answer means
/// nothing.
JsonShape shape_of(std::string_view json);

}  // namespace sluice::sandbox
