#pragma once
/// Done and call frames: what a host tells the server. Pure. Source: hosts/PROTOCOL.md 4 and 5.

#include <chrono>
#include <optional>
#include <string>

#include "core/event.h"
#include "core/result.h"
#include "script/frame.h"
#include "script/limits.h"

namespace sluice::script {

/// What a host says of a run that is over.
struct Done {
    /// Where the host itself enforced a limit, `raised` names it in its context.
    Outcome outcome;
    /// Why the host wants to be replaced; empty when it does not.
    std::string retire;
    /// How long the run took by the host's clock, when it says so.
    std::optional<std::chrono::microseconds> took;
};

/// Errors: Internal when a member has a type that the protocol does not allow.
/// Where a raised error came from (script, engine, class, line, stack) is in its detail.
/// `limits` are those that the run had: an error tells of them in the server's words.
Result<Done> read_done(const Frame& frame, const Script& script, const Limits& limits);

/// A request of `platform.api`, before it is sent through the pipeline.
struct ApiCall {
    std::int64_t number = 0;
    std::string method;
    std::string path;
    Parameters parameters;
    Headers headers;
    /// What else the script's options hold; lists and maps are JSON text.
    Fields options;
    std::optional<Content> payload;
};

ApiCall read_call(const Frame& frame);

}  // namespace sluice::script
