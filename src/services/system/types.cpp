#include "services/system/types.h"

#include <algorithm>

#include "store/make_script.h"

namespace sluice::services::system {

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
