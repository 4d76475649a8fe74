#pragma once
/// The scripts attached to a call, in their order: generic name first, then the specific one.
/// Source: docs/reference/events.md "Order".

#include <optional>

#include "core/ports.h"
#include "core/result.h"
#include "store/snapshot.h"

namespace sluice::pipeline {

/// What the scripts before the service made of a call.
struct PreResult {
    /// Unset: as it was. Endpoints without such scripts do not pay for a copy.
    std::optional<Request> request;
    /// Set: a script answered in the service's place.
    std::optional<Response> response;
};

/// Most services have no script at all: one look instead of one for each name and stage.
bool has_scripts(const store::Snapshot& snapshot, const Call& call);

/// Whether a script after the service is to see the answer.
bool is_answer_seen(const store::Snapshot& snapshot, const Call& call);

/// Before the service.
/// Errors:  what a script raised or failed with; later pre scripts are then not run.
Task<Result<PreResult>> run_pre_scripts(const RunScript& run,
                                        const store::Snapshot& snapshot,
                                        const Call& call);

/// After the service, also when it failed. `response` becomes what the scripts made of it; what a
/// script raises replaces it: true when that happened.
Task<bool> run_post_scripts(const RunScript& run,
                            const store::Snapshot& snapshot,
                            const Call& call,
                            Response& response);

/// Last: the scripts under the bare event names. They see all and change nothing.
/// Shape: what one of them failed with that asked for a transaction; of others the log tells.
Task<std::optional<Error>> run_final_scripts(const RunScript& run,
                                             const store::Snapshot& snapshot,
                                             const Call& call,
                                             const Response& response);

/// Logs what the client is not told of an error.
void log_error(const Error& error, const Request& request);

/// Logs the call's own error, which the client is not told at all because a script failed after it.
/// Without an error the status of its answer speaks, from 400.
void log_hidden(const std::optional<Error>& error, int status, const Request& request);

}  // namespace sluice::pipeline
