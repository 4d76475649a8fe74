#pragma once
/// Lists as people type them into settings and parameters: "id, name".

#include <string>
#include <string_view>
#include <vector>

namespace sluice {

/// What stands between the commas, without blanks around it; empty items are left out.
std::vector<std::string> words_of(std::string_view list);

}  // namespace sluice
