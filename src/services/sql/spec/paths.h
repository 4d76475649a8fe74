#pragma once
/// The calls of a table, and what all of them share, in OpenAPI 3.0. Pure.

#include "core/json.h"
#include "core/verb.h"
#include "services/sql/schema.h"

namespace sluice::services::sql {

/// Adds `/_table/{name}` and `/_table/{name}/{id}` with those of their calls that `verbs` allow.
void add_table_paths(json::object& paths, const Table& table, VerbSet verbs);

/// `components`: `schemas` and what the paths refer to beside them.
json::object shared_components(json::object schemas);

}  // namespace sluice::services::sql
