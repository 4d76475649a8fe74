#pragma once
/// The verbs of the API, and sets of them as roles store them.

#include <cstdint>
#include <optional>
#include <string_view>

namespace sluice {

enum class Verb { Get, Post, Put, Patch, Delete, Options };

/// "GET", "POST" ...
std::string_view name_of(Verb verb);
/// "get", "post" ...: the last part of an event name.
std::string_view lower_name_of(Verb verb);
/// Case-insensitive; HEAD reads as Get, MERGE as Patch. Empty for anything else.
std::optional<Verb> verb_of(std::string_view name);

/// A set of verbs. The bits are the incumbent's: GET 1, POST 2, PUT 4, PATCH 8, DELETE 16.
class VerbSet {
public:
    constexpr VerbSet() = default;
    constexpr explicit VerbSet(std::uint32_t bits) : bits_(bits & 31U) {}
    static constexpr VerbSet all() { return VerbSet(31); }
    static constexpr VerbSet none() { return VerbSet(0); }
    static constexpr VerbSet of(Verb verb) { return VerbSet(bit_of(verb)); }

    constexpr bool contains(Verb verb) const { return (bits_ & bit_of(verb)) != 0; }
    constexpr VerbSet operator|(VerbSet other) const { return VerbSet(bits_ | other.bits_); }
    constexpr VerbSet operator&(VerbSet other) const { return VerbSet(bits_ & other.bits_); }
    constexpr std::uint32_t bits() const { return bits_; }
    constexpr bool operator==(const VerbSet&) const = default;

private:
    static constexpr std::uint32_t bit_of(Verb verb) {
        return verb == Verb::Options ? 0U : 1U << static_cast<unsigned>(verb);
    }
    std::uint32_t bits_ = 0;
};

}  // namespace sluice
