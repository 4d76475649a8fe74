#pragma once
/// What a request is aimed at.

#include "core/call.h"
#include "core/result.h"
#include "services/registry.h"
#include "store/snapshot.h"

namespace sluice::pipeline {

struct Resolved {
    Target target;
    services::ServiceRef service;
};

/// True for paths of the API: `/api` and everything under it.
bool is_api_path(std::string_view path);

/// Shape:   `/api[/v2]/{service}[/{resource...}]`; the service's name in any case.
/// Errors:  NotFound (no service or resource of that name, or an empty path), BadRequest (a verb
///          that the resource does not have), and those of Registry::find.
/// Source:  docs/reference/events.md for the names of the events.
Result<Resolved> resolve(const Request& request,
                         const store::Snapshot& snapshot,
                         services::Registry& registry);

}  // namespace sluice::pipeline
