#pragma once
/// The members of a JSON object as slices of its own text: for looking inside without decoding, so
/// that numbers and key order stay as they were written.

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace sluice {

using JsonMember = std::pair<std::string, std::string_view>;

/// Shape:   names decoded, values as written, in order; repeated names all appear.
/// Empty for text that is no object. Values are found by their brackets and quotes only: whether
/// they are valid JSON is for whoever decodes them.
std::optional<std::vector<JsonMember>> json_members(std::string_view object_text);

/// The value of the last member of this name; empty when there is none.
std::string_view member_of(const std::vector<JsonMember>& members, std::string_view name);

}  // namespace sluice
