#pragma once
/// How a path of the API begins.

#include <optional>
#include <string_view>

namespace sluice {

/// What follows `/api` and the version, if there is one, in `/api[/v2]/{service}/{resource}`;
/// without slashes at its front. Empty for a path outside of the API.
std::optional<std::string_view> after_api(std::string_view path);

}  // namespace sluice
