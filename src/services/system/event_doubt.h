#pragma once
/// Whether a script's event can ever fire.

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "services/system/types.h"

namespace sluice::services::system {

/// Why the event that a script of this name waits for does not exist now; unset when it does, or
/// when that cannot be known (the names of a database that is away).
/// A doubt and no refusal: the table or service may be made later.
std::optional<std::string> event_doubt(std::string_view script_name,
                                       const std::vector<NamedDescription>& services);

}  // namespace sluice::services::system
