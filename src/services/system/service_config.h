#pragma once
/// What may stand in the configuration of a service.

#include "core/json.h"
#include "core/result.h"
#include "services/service_type.h"

namespace sluice::services::system {

/// Whether every member of `given` is a field of the type, and a value of its kind.
/// Shape: types that describe no fields take everything. What the incumbent knows and this server
///        does not have yet may be there when it is off or empty.
/// Errors: BadRequest naming the member and what it wants.
Status check_members(const ServiceType& type, const json::object& given);

/// Whether every member that the type requires is there and says something.
/// Errors: BadRequest naming the first that is not.
Status check_required(const ServiceType& type, const json::object& config);

/// Whether a script service asks for nothing but what this version does.
/// Errors: NotImplemented for options of the engine and for `queued`; BadRequest for its limits.
Status check_script_config(const json::object& config);

/// Whether a secret may stay as it is while the rest changes from `before` to `after`: it must not
/// be sent anywhere, or in anybody's name, that it was not meant for.
/// Errors: BadRequest naming what changed and the secret that must be given again.
Status check_kept_secret(std::string_view secret,
                         const json::object& before,
                         const json::object& after);

}  // namespace sluice::services::system
