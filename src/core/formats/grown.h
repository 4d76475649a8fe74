#pragma once
/// How far an answer may grow when it is put into another format.

#include <cstddef>

namespace sluice {

/// Real answers stay below: CSV has no keys, XML has each twice, and `&` becomes five bytes. What
/// is beyond has 2,000 columns in one record and few in the others, or names that are all escapes.
constexpr bool has_grown_wild(std::size_t size, std::size_t json_size) {
    return size > 8 * json_size + 16UL * 1024 * 1024;
}

}  // namespace sluice
