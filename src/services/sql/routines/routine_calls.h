#pragma once
/// `_proc` and `_func`: which routines there are, and calling them.
/// Source: docs/reference/procedures.md.

#include "core/call.h"
#include "core/response.h"
#include "services/sql/backend.h"
#include "services/sql/routines/routine.h"

namespace sluice::services::sql {

/// `_proc` or `_func`.
std::string_view resource_of(RoutineForm form);

/// What may be called of the service, without what the caller's role may not see.
/// Errors: NotImplemented where the database has no routines; the driver's.
Task<Result<std::vector<RoutineRef>>> seen_routines(Backend& backend,
                                                    const Call& call,
                                                    RoutineForm form);

/// `{"resource":[...]}`: names, or what `fields` asks for; with `ids` all about those.
Task<Result<Response>> list_routines(Backend& backend, const Call& call, RoutineForm form);

/// Errors: NotFound; BadRequest as of read_call_request and bind_call, for an answer that is too
///         large, and in the routine's own words when it raises an error; NotImplemented where the
///         database has no routines; the driver's.
Task<Result<Response>> call_routine(Backend& backend, const Call& call, RoutineForm form);

/// Of one routine: name, label, description, return_type, params and access, as far as `fields`
/// asks for them. Pure.
std::string routine_json(const Routine& routine,
                         const std::vector<std::string>& fields,
                         VerbSet verbs);

}  // namespace sluice::services::sql
