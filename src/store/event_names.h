#pragma once
/// Names of event scripts: an event, and the stage at which the script runs.

#include <string_view>

#include "core/event.h"

namespace sluice::store {

struct EventNameParts {
    /// Without its stage. A view into the name that was split.
    std::string_view event;
    /// Final for a bare event name.
    Stage stage = Stage::Final;
};

EventNameParts split_event_name(std::string_view name);

}  // namespace sluice::store
