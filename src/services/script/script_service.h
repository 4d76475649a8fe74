#pragma once
/// A service that is a script: every verb and path of it runs the script.
/// Config: `content` (the text), `limits`, `isolation`. Source: docs/reference/events.md "Script
/// services".

#include "core/ports.h"
#include "services/service.h"
#include "store/rows.h"

namespace sluice::services {

/// Errors: BadRequest for a configuration without text.
Result<ServiceRef> make_script_service(const store::ServiceRow& row, RunScript run);

}  // namespace sluice::services
