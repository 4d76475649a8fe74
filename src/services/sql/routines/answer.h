#pragma once
/// What a client gets of a call. Pure. Source: docs/reference/procedures.md "Answers".

#include "services/sql/routines/results.h"
#include "services/sql/routines/routine.h"

namespace sluice::services::sql {

/// How the rows of `routine` are written.
RoutineResults::Rows rows_of(const Routine& routine);

/// The member that holds results beside parameters, unless 'wrapper' names another.
inline constexpr std::string_view kUsualWrapper = "resource";

/// Errors: BadRequest when a parameter that gives has the name of the member that would hold the
///         results. To be asked before the call is made.
Status check_wrapper(const Routine& routine, const CallOptions& options);

/// JSON of the whole answer.
std::string answer_of(const Routine& routine,
                      RoutineForm form,
                      const CallOptions& options,
                      std::vector<RoutineResult> results);

}  // namespace sluice::services::sql
