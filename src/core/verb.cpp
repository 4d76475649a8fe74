#include "core/verb.h"

#include <array>

#include "core/fields.h"

namespace sluice {
namespace {

struct VerbNames {
    std::string_view upper;
    std::string_view lower;
};

// In the order of the enum.
constexpr std::array<VerbNames, 6> kNames{{{"GET", "get"},
                                           {"POST", "post"},
                                           {"PUT", "put"},
                                           {"PATCH", "patch"},
                                           {"DELETE", "delete"},
                                           {"OPTIONS", "options"}}};

}  // namespace

std::string_view name_of(Verb verb) {
    return kNames.at(static_cast<std::size_t>(verb)).upper;
}

std::string_view lower_name_of(Verb verb) {
    return kNames.at(static_cast<std::size_t>(verb)).lower;
}

std::optional<Verb> verb_of(std::string_view name) {
    for (std::size_t i = 0; i < kNames.size(); ++i) {
        if (equals_ignoring_case(name, kNames[i].upper)) {
            return static_cast<Verb>(i);
        }
    }
    if (equals_ignoring_case(name, "HEAD")) {
        return Verb::Get;
    }
    if (equals_ignoring_case(name, "MERGE")) {
        return Verb::Patch;
    }
    return std::nullopt;
}

}  // namespace sluice
