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

TEST(EffectiveLimits, ApiCallsBelowZeroAreNone) {
    Script script;
    script.limits.api_calls = -1;
    EXPECT_EQ(effective_limits(script, Stage::Service, LimitSettings{}).api_calls, 0);
}

TEST(EffectiveLimits, ProcessorTimeIsLimitedForScriptsThatNameIt) {
    Script script;
    EXPECT_EQ(effective_limits(script, Stage::Service, LimitSettings{}).cpu, milliseconds(0));
    script.limits.cpu = milliseconds(70);
    EXPECT_EQ(effective_limits(script, Stage::Service, LimitSettings{}).cpu, milliseconds(70));
    script.limits.cpu = std::chrono::hours(1);
    EXPECT_EQ(effective_limits(script, Stage::Service, LimitSettings{}).cpu, milliseconds(300'000));
}

TEST(LimitError, NamesTheScriptAndTheLimit) {
    Script script;
    script.name = "s";
    const Limits limits{
        std::chrono::milliseconds(1500), std::chrono::milliseconds(200), 64 << 20, 10 << 10, 5, 8};
    const auto message = [&](std::string_view limit) {
        return limit_error(limit, script, limits).message();
    };
    EXPECT_EQ(message("wall"), "The script 's' ran longer than its limit of 1500 ms.");
    EXPECT_EQ(message("cpu"),
              "The script 's' used more than its limit of 200 ms of processor time.");
    EXPECT_EQ(message("memory"), "The script 's' used more than its limit of 64 MB of memory.");
    EXPECT_EQ(message("output"),
              "The script 's' printed or gave back more than its limit of 10 KB.");
    EXPECT_EQ(message("api_calls"), "The script 's' made more API calls than its limit of 5.");
}

TEST(LimitError, TimeIs504AndTheRest500WithTheReason) {
    const Limits limits = LimitSettings{}.request;
    EXPECT_EQ(limit_error("wall", Script(), limits).status(), 504);
    EXPECT_EQ(limit_error("cpu", Script(), limits).status(), 504);
    EXPECT_EQ(limit_error("memory", Script(), limits).status(), 500);
    EXPECT_EQ(limit_error("output", Script(), limits).context(),
              R"({"reason":"script_limit_output"})");
}

TEST(LimitError, LimitItDoesNotCountKeepsTheHostsWords) {
    const Error error = limit_error("files", Script(), LimitSettings{}.request, "Too many.");
    EXPECT_EQ(error.message(), "Too many.");
    EXPECT_EQ(error.context(), R"({"reason":"script_limit_files"})");
}

}  // namespace
}  // namespace sluice::script
