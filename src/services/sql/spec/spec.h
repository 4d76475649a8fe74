#pragma once
/// `_spec`: the OpenAPI 3.0.0 document of a database service, as far as the caller may use it.
/// Source: docs/reference/spec.md.

#include "core/call.h"
#include "core/response.h"
#include "services/sql/backend.h"

namespace sluice::services::sql {

/// The parameter `tables` names the tables to describe, `format` is `json` or `yaml` (for which
/// JSON does: it is YAML), `refresh` looks at the database anew.
///
/// Errors: BadRequest for another format, and for more tables than one document describes;
///         NotFound for a table that is not there, or not for the caller; the driver's.
Task<Result<Response>> spec(Backend& backend, const Call& call);

}  // namespace sluice::services::sql
