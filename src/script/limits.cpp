#include "script/limits.h"

#include <algorithm>

#include "core/json.h"

namespace sluice::script {
namespace {

template <typename T>
T pick(T wish, T fallback, T ceiling) {
    return std::min(wish > T{} ? wish : fallback, ceiling);
}

std::string what_passed(std::string_view limit, const Limits& limits) {
    const auto most = [](auto count, std::string_view unit) {
        return " its limit of " + std::to_string(count) + std::string(unit) + ".";
    };
    if (limit == "wall") {
        return "ran longer than" + most(limits.wall.count(), " ms");
    }
    if (limit == "cpu") {
        return "used more than" + most(limits.cpu.count(), " ms of processor time");
    }
    if (limit == "memory") {
        return "used more than" + most(limits.memory_bytes >> 20U, " MB of memory");
    }
    if (limit == "output") {
        return "printed or gave back more than" + most(limits.output_bytes >> 10U, " KB");
    }
    if (limit == "api_calls") {
        return "made more API calls than" + most(limits.api_calls, "");
    }
    return {};
}

}  // namespace

Limits effective_limits(const Script& script, Stage stage, const LimitSettings& settings) {
    const Limits& own = script.limits;
    const Limits& usual = stage == Stage::Queued ? settings.queued : settings.request;
    const Limits& most = settings.ceiling;
    return {pick(own.wall, usual.wall, most.wall),
            pick(own.cpu, usual.cpu, most.cpu),
            pick(own.memory_bytes, usual.memory_bytes, most.memory_bytes),
            pick(own.output_bytes, usual.output_bytes, most.output_bytes),
            own.api_calls < 0 ? 0 : pick(own.api_calls, usual.api_calls, most.api_calls),
            pick(own.depth, usual.depth, most.depth)};
}

Error limit_error(std::string_view limit,
                  const Script& script,
                  const Limits& limits,
                  std::string_view fallback) {
    const bool is_time = limit == "wall" || limit == "cpu";
    const std::string passed = what_passed(limit, limits);
    return Error(is_time ? ErrorKind::ScriptTimeout : ErrorKind::Internal,
                 passed.empty() ? std::string(fallback)
                                : "The script '" + script.name + "' " + passed)
        .with_context("{\"reason\":" + json_string("script_limit_" + std::string(limit)) + "}");
}

}  // namespace sluice::script
