#pragma once
/// The values of a call and the parameters of a routine: which belongs to which, and whether it
/// fits. Pure.

#include "services/sql/dialect.h"
#include "services/sql/routines/call_request.h"
#include "services/sql/routines/routine.h"

namespace sluice::services::sql {

struct BoundCall {
    RoutineRef routine;
    Arguments arguments;
};

/// `candidates` share a name, and are one or more. Of several, the one whose parameters are those
/// that are given counts; of several such, one of which none is left out.
///
/// Values in order are those of the parameters that take values, or of all parameters when there
/// are as many; the ones that only give must then be null.
///
/// Errors: BadRequest naming the parameter that is unknown, missing, given twice or of no use, or
///         whose value does not fit; how many values are too many; the candidates when none or
///         more than one fits.
Result<BoundCall> bind_call(const std::vector<RoutineRef>& candidates,
                            const GivenValues& given,
                            OtherDates other_dates);

}  // namespace sluice::services::sql
