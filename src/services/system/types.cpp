#include "services/system/types.h"

#include <algorithm>

namespace sluice::services::system {

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
