#pragma once
/// The calls of procedures and functions in OpenAPI 3.0. Pure.

#include "core/json.h"
#include "core/verb.h"
#include "services/sql/routines/routine.h"

namespace sluice::services::sql {

/// Adds `/_proc/{name}` or `/_func/{name}` with those of its calls that `verbs` allow. Of routines
/// of one name the parameters of all are there, and required are those that all require.
void add_routine_path(json::object& paths,
                      RoutineForm form,
                      const std::vector<RoutineRef>& overloads,
                      VerbSet verbs);

}  // namespace sluice::services::sql
