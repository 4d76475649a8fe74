#pragma once
/// The three calls that go up the rooms. Wired in app/ only.

#include <functional>

#include "core/event.h"
#include "core/result.h"
#include "core/task.h"

namespace sluice {

/// A whole call through the pipeline: for sockets, and for `platform.api` without one.
/// Errors: none; whatever goes wrong is a Response.
using Handler = std::function<Task<Response>(Request)>;

/// Runs a script in a host of its engine.
/// Errors: ServiceUnavailable (engine missing or cannot start), ScriptTimeout, Internal (the host
///         died, a limit was passed). What the script itself raised is in the Outcome.
using RunScript = std::function<Task<Result<Outcome>>(ScriptRef, const Event&)>;

}  // namespace sluice
