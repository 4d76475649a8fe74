#pragma once
/// What a caller may do. Pure: principal, target and snapshot decide.
/// Source: docs/reference/roles.md.

#include <string_view>

#include "core/call.h"
#include "core/result.h"
#include "store/snapshot.h"

namespace sluice::access {

/// What a role grants on one component of one service.
///
/// The lines that name exactly this component decide alone; else all lines whose pattern covers it,
/// together; else the lines that name no service. Nothing found: nothing granted.
/// Shape: filters are those of the lines that grant `verb`, and of narrower lines at or above the
///        component, which a wider line must not lead round. Joined by OR only when they come
///        from one line that says so, since anything else could widen what a line allows. A verb
///        on a routine that would come with filters is not granted; they are then left in place.
Grant grant_of(const store::Role& role,
               std::optional<store::Id> service,
               std::string_view component,
               Verb verb,
               Requestor requestor);

/// Whether the caller may do anything at all with the service.
bool grants_anything(const Principal& principal,
                     const store::ServiceRow& service,
                     Requestor requestor,
                     const store::Snapshot& snapshot);

/// Errors: Unauthorized (nobody is logged in, or no key says which role applies), Forbidden.
Result<Grant> authorise(const Principal& principal,
                        const Target& target,
                        Verb verb,
                        Requestor requestor,
                        const store::Snapshot& snapshot);

}  // namespace sluice::access
