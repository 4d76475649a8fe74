#pragma once
/// Ordered names and values: query parameters and headers.

#include <initializer_list>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace sluice {

bool equals_ignoring_case(std::string_view a, std::string_view b);
std::string lower_case(std::string_view text);
std::string_view trimmed(std::string_view text);

/// A small ordered map. Linear search: a request has some ten headers, where it beats a tree.
/// Shape:   names are unique; `set` replaces. Looking up ignores case, the stored spelling stays.
class Fields {
public:
    using Entry = std::pair<std::string, std::string>;

    Fields() = default;
    Fields(std::initializer_list<Entry> entries) : entries_(entries) {}

    /// Null when there is none. The pointer lives until the next change.
    const std::string* find(std::string_view name) const;
    std::string_view get_or(std::string_view name, std::string_view fallback) const;
    bool contains(std::string_view name) const { return find(name) != nullptr; }
    /// A parameter that says yes (core/json.h, is_truthy).
    bool is_on(std::string_view name) const;

    void set(std::string_view name, std::string value);
    /// Appends after ", " when the name is there already: how HTTP joins repeated headers.
    void join(std::string_view name, std::string_view value);
    void remove(std::string_view name);

    bool empty() const { return entries_.empty(); }
    std::size_t size() const { return entries_.size(); }
    auto begin() const { return entries_.begin(); }
    auto end() const { return entries_.end(); }
    bool operator==(const Fields&) const = default;

    /// Appends `{"name":"value",...}`; `{}` when empty.
    void append_json(std::string& out) const;

private:
    std::vector<Entry> entries_;
};

/// Header names are stored lower-case.
using Headers = Fields;
using Parameters = Fields;

}  // namespace sluice
