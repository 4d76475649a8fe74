#pragma once
/// A service that is a script: every verb and path of it runs the script.
/// Config: `content` (the text), `limits`, `isolation`. Source: docs/reference/events.md "Script
/// services".

#include "core/ports.h"
#include "services/service.h"
#include "services/service_type.h"
#include "store/rows.h"

namespace sluice::services {

/// What can be configured of a service that one engine runs.
ServiceType script_service_type(std::string_view engine,
                                std::string_view label,
                                std::string_view description);

/// Errors: BadRequest for a configuration without text.
Result<ServiceRef> make_script_service(const store::ServiceRow& row, RunScript run);

}  // namespace sluice::services
