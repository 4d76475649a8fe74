#include "script/limits.h"

#include <algorithm>

namespace sluice::script {
namespace {

template <typename T>
T pick(T wish, T fallback, T ceiling) {
    return std::min(wish > T{} ? wish : fallback, ceiling);
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
            pick(own.api_calls, usual.api_calls, most.api_calls),
            pick(own.depth, usual.depth, most.depth)};
}

}  // namespace sluice::script
