#pragma once
/// What a run may use up: the script's own wish under the instance's ceiling.
/// Source: docs/reference/configuration.md "limits".

#include <string>
#include <string_view>

#include "core/error.h"
#include "core/event.h"

namespace sluice::script {

struct LimitSettings {
    Limits request{std::chrono::milliseconds(10'000),
                   std::chrono::milliseconds(0),
                   std::int64_t{128} << 20U,
                   std::int64_t{1} << 20U,
                   64,
                   8};
    Limits queued{std::chrono::milliseconds(60'000),
                  std::chrono::milliseconds(0),
                  std::int64_t{128} << 20U,
                  std::int64_t{1} << 20U,
                  64,
                  8};
    Limits ceiling{std::chrono::milliseconds(300'000),
                   std::chrono::milliseconds(300'000),
                   std::int64_t{1} << 30U,
                   std::int64_t{16} << 20U,
                   1000,
                   8};
};

/// Every member set: the script's where it names one, else the default of the stage; never above
/// the ceiling. `cpu` stays zero, no limit, for a script that names none: `wall` holds.
Limits effective_limits(const Script& script, Stage stage, const LimitSettings& settings);

/// A run passed one of its limits: `wall`, `cpu`, `memory`, `output`; in the same words whoever
/// found out. For any other limit the message is `fallback`.
Error limit_error(std::string_view limit,
                  const Script& script,
                  const Limits& limits,
                  std::string_view fallback = "The script passed a limit.");

}  // namespace sluice::script
