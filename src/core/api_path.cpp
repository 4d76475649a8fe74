#include "core/api_path.h"

namespace sluice {
namespace {

constexpr std::string_view kApi = "/api";

std::string_view without_slashes(std::string_view path) {
    while (path.starts_with('/')) {
        path.remove_prefix(1);
    }
    return path;
}

// "v2", "v2.0"
bool is_version(std::string_view segment) {
    return segment.size() > 1 && segment[0] == 'v' &&
           segment.find_first_not_of("0123456789.", 1) == std::string_view::npos;
}

}  // namespace

std::optional<std::string_view> after_api(std::string_view path) {
    if (!path.starts_with(kApi) || (path.size() > kApi.size() && path[kApi.size()] != '/')) {
        return std::nullopt;
    }
    path = without_slashes(path.substr(kApi.size()));
    const std::string_view first = path.substr(0, path.find('/'));
    return is_version(first) ? without_slashes(path.substr(first.size())) : path;
}

}  // namespace sluice
