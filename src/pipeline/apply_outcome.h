#pragma once
/// What a script's outcome does to a call: the rules of modification, short circuit and return
/// values. Pure. Source: docs/reference/events.md "What a script may change".

#include <optional>
#include <string>

#include "core/event.h"
#include "core/result.h"

namespace sluice::pipeline {

/// After a pre_process script.
struct PreEffect {
    /// Set: the service is skipped and this is the answer so far.
    std::optional<Response> response;
    /// What the script changed without effect, for its log; empty when all took effect.
    std::string dropped;
};

/// Changes `request` as the script is allowed to.
/// Errors: whatever the script raised; Internal for edits that make no sense (a status or type
///         that HTTP does not know).
Result<PreEffect> apply_pre(const Script& script, Outcome outcome, Request& request);

/// After a post_process script: changes `response`. Gives what was dropped.
Result<std::string> apply_post(const Script& script,
                               Outcome outcome,
                               const Request& request,
                               Response& response);

}  // namespace sluice::pipeline
