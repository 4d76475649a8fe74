#pragma once
/// Digests and random names.

#include <string>
#include <string_view>

namespace sluice::store {

/// Hex, lower case, 64 characters.
std::string sha256_hex(std::string_view text);

/// `bytes` from the system's generator, as hex of twice that length.
std::string random_hex(std::size_t bytes);

}  // namespace sluice::store
