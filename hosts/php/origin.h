#pragma once
/// Remembers which bytes each decoded array and each number came from, so that what a script did
/// not touch is sent back as it was received.

#include <cstdint>
#include <optional>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace sluice::php {

/// Where an array came from.
struct Source {
    std::string_view text;   ///< the JSON it was decoded from
    bool was_map = false;    ///< `{}`, which PHP cannot tell from `[]`
    bool was_index = false;  ///< a map whose keys PHP turned into 0, 1, 2...
};

/// A flat hash table from addresses to sources; cleared between runs without giving memory back.
class Origins {
public:
    /// `array`: a zend_array that the run keeps alive until `clear`, so that no other takes its
    /// place. PHP copies arrays on write: as long as the address is the same, so is the content.
    void add(const void* array, const Source& source);
    const Source* find(const void* array) const;

    /// The spelling of a number that PHP would write differently: 19.90, 1e400, 2^64 and above.
    /// The first spelling of a value wins.
    void add_number(double value, std::string_view text);
    std::optional<std::string_view> find_number(double value) const;

    void clear();

private:
    struct Slot {
        std::uintptr_t key = 0;
        Source source;
    };
    void grow();

    std::vector<Slot> slots_;
    std::size_t used_ = 0;
    std::unordered_map<std::uint64_t, std::string_view> numbers_;
};

}  // namespace sluice::php
