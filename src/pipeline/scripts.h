#pragma once
/// The scripts attached to a call, in their order: generic name first, then the specific one.
/// Source: docs/reference/events.md "Order".

#include <optional>

#include "core/ports.h"
#include "core/result.h"
#include "store/snapshot.h"

namespace sluice::pipeline {

/// Before the service. `request` becomes what the scripts made of it.
/// Shape:   a response when a script answered in the service's place.
/// Errors:  what a script raised or failed with; later pre scripts are then not run.
Task<Result<std::optional<Response>>> run_pre_scripts(const RunScript& run,
                                                      const store::Snapshot& snapshot,
                                                      const Call& call,
                                                      Request& request);

/// After the service, also when it failed. `response` becomes what the scripts made of it; what a
/// script raises replaces it.
Task<void> run_post_scripts(const RunScript& run,
                            const store::Snapshot& snapshot,
                            const Call& call,
                            const Request& request,
                            Response& response);

/// Last: the scripts under the bare event names. They see all and change nothing.
Task<void> run_final_scripts(const RunScript& run,
                             const store::Snapshot& snapshot,
                             const Call& call,
                             const Request& request,
                             const Response& response);

/// Logs what the client is not told of an error.
void log_error(const Error& error, const Request& request);

}  // namespace sluice::pipeline
