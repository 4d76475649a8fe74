#pragma once
/// The lines of a role, arranged so that asking about one path is a few hash look-ups however many
/// lines there are. What the lines mean is access/authorise.cpp's business.

#include <functional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "store/rows.h"

namespace sluice::store {

/// Lets a map of strings be searched by a view without making a string.
struct TextHash {
    using is_transparent = void;  // NOLINT(readability-identifier-naming): the standard's name
    std::size_t operator()(std::string_view text) const {
        return std::hash<std::string_view>{}(text);
    }
};
template <typename T>
using TextMap = std::unordered_map<std::string, T, TextHash, std::equal_to<>>;

using AccessLines = std::vector<const RoleAccessRow*>;

/// The lines that name one service.
struct ServiceLines {
    /// By component in lower case, without slashes at its ends; "" is the service itself.
    TextMap<AccessLines> exact;
    /// By what stands before the star, likewise: "_table" for `_table/*`, "" for `*`.
    TextMap<AccessLines> patterns;
};

struct RoleIndex {
    std::unordered_map<Id, ServiceLines> by_service;
    /// Lines that name no service and stand for all of them.
    ServiceLines every_service;
};

/// A role ready to be asked. Not copied: the index points into the row.
struct Role {
    explicit Role(RoleRow role);
    Role(const Role&) = delete;
    Role& operator=(const Role&) = delete;

    const RoleRow row;
    RoleIndex index;
};

/// `component` as the index spells it.
std::string indexed_component(std::string_view component);

}  // namespace sluice::store
