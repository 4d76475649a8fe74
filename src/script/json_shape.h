#pragma once
/// Whether JavaScript can decode a JSON text and encode it again without losing what the text says.
/// The server looks, because it is many times faster at it than a script host. Pure.

#include <cstdint>
#include <string_view>

namespace sluice::script {

/// The numbers are those of hosts/PROTOCOL.md section 2.
enum class JsonShape : std::uint8_t {
    Unknown = 0,
    /// No numeral that a double may not reproduce digit by digit, no key that looks like an integer
    /// (JavaScript reorders those), no key twice in a map.
    Lossless = 1,
    /// Besides, no space between values and no escape that JSON.stringify would not write: the same
    /// text comes back.
    Canonical = 2,
};

/// Errs on the side of Unknown. `json` is valid JSON; of anything else the answer means nothing.
/// About a nanosecond for two bytes of rows.
JsonShape shape_of(std::string_view json);

}  // namespace sluice::script
