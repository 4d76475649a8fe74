#pragma once
/// What is served outside the API.

#include <optional>

#include "access/authenticate.h"
#include "app/shard.h"
#include "core/request.h"
#include "core/response.h"

namespace sluice::app {

inline constexpr std::string_view kVersion = SLUICE_VERSION;

/// `/status`: readiness and plain facts, for everybody. `/metrics`: Prometheus text, for callers on
/// this machine that no proxy speaks for, and for administrators. Empty for any other path.
Task<std::optional<Response>> answer_outside_api(const Shared& shared,
                                                 access::Authenticator& authenticator,
                                                 const Request& request);

/// `platform.config` as scripts see it: the settings under `df` and at the top. `is_sandboxed`:
/// without paths of this machine.
std::string platform_config(const Options& options, bool is_sandboxed);

}  // namespace sluice::app
