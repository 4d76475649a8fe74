#pragma once
/// A whole call, stage by stage. The order and its reasons stand in pipeline.cpp.

#include <functional>

#include "core/ports.h"
#include "services/registry.h"
#include "store/snapshot.h"

namespace sluice::pipeline {

/// What the stages need; all of one shard.
struct Parts {
    std::function<store::SnapshotRef()> snapshot;
    /// Errors: Unauthorized, Forbidden, BadRequest.
    std::function<Task<Result<PrincipalRef>>(const Request&)> authenticate;
    /// Errors: Unauthorized, Forbidden, TooManyRequests.
    std::function<Result<Grant>(
        const Principal&, const Target&, Verb, Requestor, const store::Snapshot&)>
        authorise;
    services::Registry& registry;
    RunScript run_script;
    /// Paths outside the API (`/status` ...); unset or an empty answer: 404.
    std::function<Task<std::optional<Response>>(const Request&)> outside_api;
    /// The wall-clock time a request may take in all.
    std::chrono::milliseconds request_time{60'000};
};

/// `parts` must outlive the handler.
Handler make_handler(const Parts& parts);

}  // namespace sluice::pipeline
