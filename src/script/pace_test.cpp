#include "script/pace.h"

#include <gtest/gtest.h>

namespace sluice::script {
namespace {

using std::chrono::microseconds;

void record(Pace& pace, unsigned times, microseconds duration = microseconds(20)) {
    for (unsigned i = 0; i < times; ++i) {
        pace.record("a", duration, false);
    }
}

TEST(Pace, UnknownScriptIsUndecidedNotFast) {
    EXPECT_FALSE(Pace().is_fast("a"));
    EXPECT_TRUE(Pace().is_undecided("a"));
}

TEST(Pace, ScriptIsFastAfterAFewFastRuns) {
    Pace pace;
    record(pace, Pace::kTrusted);
    EXPECT_FALSE(pace.is_fast("a"));
    record(pace, 1);
    EXPECT_TRUE(pace.is_fast("a"));
    EXPECT_FALSE(pace.is_undecided("a"));
    EXPECT_FALSE(pace.is_fast("b"));
}

TEST(Pace, SlowScriptIsDecidedAndNotFast) {
    Pace pace;
    record(pace, 10, microseconds(3000));
    EXPECT_FALSE(pace.is_fast("a"));
    EXPECT_FALSE(pace.is_undecided("a"));
}

TEST(Pace, RunThatIsTooLongCostsTheGoodName) {
    Pace pace;
    record(pace, 10);
    record(pace, 1, Pace::kTooLong);
    EXPECT_FALSE(pace.is_fast("a"));
    EXPECT_FALSE(pace.is_undecided("a"));
    record(pace, Pace::kProbation + Pace::kTrusted);
    EXPECT_TRUE(pace.is_fast("a"));
}

TEST(Pace, OneSlowRunOfABusyMachineIsForgiven) {
    Pace pace;
    record(pace, 10);
    record(pace, 1, microseconds(5000));
    record(pace, 1);
    EXPECT_TRUE(pace.is_fast("a"));
}

TEST(Pace, FirstRunMayBeSlowBecauseItCompiles) {
    Pace pace;
    record(pace, 1, microseconds(50'000));
    record(pace, Pace::kTrusted);
    EXPECT_TRUE(pace.is_fast("a"));
}

TEST(Pace, ScriptIsSlowWhenItsLastRunWasTooLong) {
    Pace pace;
    EXPECT_FALSE(pace.is_slow("a"));
    record(pace, 1, microseconds(50'000));
    EXPECT_TRUE(pace.is_slow("a"));
    record(pace, 1);
    EXPECT_FALSE(pace.is_slow("a"));
    EXPECT_FALSE(pace.is_slow("b"));
}

TEST(Pace, ScriptThatCallsBackIsNotFast) {
    Pace pace;
    record(pace, 10);
    pace.record("a", microseconds(20), true);
    EXPECT_FALSE(pace.is_fast("a"));
}

}  // namespace
}  // namespace sluice::script
