#include "services/system/types.h"

#include <algorithm>
#include <array>

#include "store/make_script.h"

namespace sluice::services::system {
namespace {

struct LimitRule {
    std::string_view name;
    std::int64_t least = 1;
};
constexpr std::array kLimits{LimitRule{"wall_ms"},   LimitRule{"cpu_ms"},
                             LimitRule{"memory_mb"}, LimitRule{"output_kb"},
                             LimitRule{"depth"},     LimitRule{"api_calls", 0}};
// The largest that any of them can mean; a host's own ceilings lie far below.
constexpr std::int64_t kMaxLimit = 1'000'000'000;

}  // namespace

Status check_limits(const json::value& limits) {
    const json::object* object = limits.if_object();
    if (object == nullptr) {
        return limits.is_null() ? Status()
                                : fail(ErrorKind::BadRequest, "Field 'limits' must be an object.");
    }
    for (const auto& [name, value] : *object) {
        const auto* rule = std::ranges::find(kLimits, std::string_view(name), &LimitRule::name);
        if (rule == kLimits.end()) {
            return fail(ErrorKind::BadRequest,
                        "Field 'limits': there is no limit '" + std::string(name) + "'.");
        }
        if (!value.is_int64() || value.get_int64() < rule->least || value.get_int64() > kMaxLimit) {
            return fail(ErrorKind::BadRequest, "Field 'limits': '" + std::string(name) +
                                                   "' must be a whole number from " +
                                                   std::to_string(rule->least) + ".");
        }
    }
    return {};
}

Status check_isolation(std::string_view isolation) {
    if (!isolation.empty() && isolation != store::kStrict) {
        return fail(ErrorKind::BadRequest, "Field 'isolation' must be 'strict' or null.");
    }
    return {};
}

Status DisabledEngines::check(std::string_view engine) const {
    if (all) {
        return fail(ErrorKind::ServiceUnavailable, "All scripting is disabled for this instance.");
    }
    if (std::ranges::find(names, engine) != names.end()) {
        return fail(ErrorKind::ServiceUnavailable,
                    "Scripting with " + std::string(engine) + " is disabled for this instance.");
    }
    return {};
}

}  // namespace sluice::services::system
