#pragma once
/// What a request is aimed at.

#include "core/call.h"
#include "core/result.h"
#include "services/registry.h"
#include "store/snapshot.h"

namespace sluice::pipeline {

/// True for paths of the API: `/api` and everything under it.
bool is_api_path(std::string_view path);

/// What the path alone says: service and resource, not yet whether they exist.
/// Shape:   `/api[/v2]/{service}[/{resource...}]`; the service's name in any case.
/// Errors:  NotFound (no service named), BadRequest (`..` in the path).
Result<Target> target_of(const Request& request);

struct Resolved {
    services::ServiceRef service;
    /// What the resource has. The call's own verb need not be among them.
    VerbSet verbs;
};

/// Finds the service and gives the target its events.
/// Errors:  NotFound (no service or resource of that name), and those of Registry::find.
/// Source:  docs/reference/events.md for the names of the events.
Result<Resolved> resolve(Target& target,
                         Verb verb,
                         const store::Snapshot& snapshot,
                         services::Registry& registry);

/// For a verb that the resource does not have. BadRequest, as the incumbent answers.
Error unsupported(Verb verb, const Target& target);

}  // namespace sluice::pipeline
