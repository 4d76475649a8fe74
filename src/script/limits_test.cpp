#include "script/limits.h"

#include <gtest/gtest.h>

namespace sluice::script {
namespace {

using std::chrono::milliseconds;

TEST(EffectiveLimits, DefaultsOfTheStageApplyWhereNothingIsSaid) {
    const LimitSettings settings;
    EXPECT_EQ(effective_limits(Script{}, Stage::PreProcess, settings).wall, milliseconds(10'000));
    EXPECT_EQ(effective_limits(Script{}, Stage::Queued, settings).wall, milliseconds(60'000));
}

TEST(EffectiveLimits, ScriptsOwnWishCounts) {
    Script script;
    script.limits.wall = milliseconds(50);
    script.limits.api_calls = 3;
    const Limits limits = effective_limits(script, Stage::Service, LimitSettings{});
    EXPECT_EQ(limits.wall, milliseconds(50));
    EXPECT_EQ(limits.api_calls, 3);
    EXPECT_EQ(limits.memory_bytes, 128LL << 20U);
}

TEST(EffectiveLimits, NothingPassesTheCeiling) {
    Script script;
    script.limits.wall = std::chrono::hours(1);
    script.limits.memory_bytes = 1LL << 40U;
    script.limits.depth = 100;
    const LimitSettings settings;
    const Limits limits = effective_limits(script, Stage::Service, settings);
    EXPECT_EQ(limits.wall, settings.ceiling.wall);
    EXPECT_EQ(limits.memory_bytes, settings.ceiling.memory_bytes);
    EXPECT_EQ(limits.depth, settings.ceiling.depth);
}

TEST(EffectiveLimits, NegativeWishesAreNoWishes) {
    Script script;
    script.limits.wall = milliseconds(-1);
    EXPECT_EQ(effective_limits(script, Stage::Service, LimitSettings{}).wall, milliseconds(10'000));
}

TEST(EffectiveLimits, ProcessorTimeIsLimitedForScriptsThatNameIt) {
    Script script;
    EXPECT_EQ(effective_limits(script, Stage::Service, LimitSettings{}).cpu, milliseconds(0));
    script.limits.cpu = milliseconds(70);
    EXPECT_EQ(effective_limits(script, Stage::Service, LimitSettings{}).cpu, milliseconds(70));
    script.limits.cpu = std::chrono::hours(1);
    EXPECT_EQ(effective_limits(script, Stage::Service, LimitSettings{}).cpu, milliseconds(300'000));
}

}  // namespace
}  // namespace sluice::script
