#pragma once
/// `GET /api/v2`: the services that a caller may use.

#include "pipeline/pipeline.h"

namespace sluice::pipeline {

/// True for the path of the API itself: `/api`, `/api/v2`, with or without a slash.
bool is_index_path(std::string_view path);

/// Heeds `fields` (of the services), `type` and `group` (lists of names, in any case).
/// Shape: `{"services":[{id,name,label,description,type,spec_url}],"service_types":[...]}`, active
///        services of which the caller's role grants anything, by name, and their types.
///        `spec_url` is null: there are no specifications yet.
/// Errors: BadRequest for a field that services do not have here.
Response api_index(const Parts& parts,
                   const Parameters& parameters,
                   const Principal& principal,
                   const store::Snapshot& snapshot);

/// The answer to another verb on a path that is only read: 405 with Allow.
Response only_get(const Request& request);

}  // namespace sluice::pipeline
