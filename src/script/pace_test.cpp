#include "script/pace.h"

#include <gtest/gtest.h>

namespace sluice::script {
namespace {

using std::chrono::microseconds;

void record_fast(Pace& pace, unsigned times) {
    for (unsigned i = 0; i < times; ++i) {
        pace.record("a", microseconds(20), false);
    }
}

TEST(Pace, UnknownScriptIsNotFast) {
    EXPECT_FALSE(Pace().is_fast("a"));
}

TEST(Pace, ScriptIsFastAfterTheTrustedNumberOfRuns) {
    Pace pace;
    record_fast(pace, Pace::kTrusted - 1);
    EXPECT_FALSE(pace.is_fast("a"));
    record_fast(pace, 1);
    EXPECT_TRUE(pace.is_fast("a"));
    EXPECT_FALSE(pace.is_fast("b"));
}

TEST(Pace, SlowRunCostsTheGoodName) {
    Pace pace;
    record_fast(pace, 10);
    pace.record("a", Pace::kFast, false);
    EXPECT_FALSE(pace.is_fast("a"));
    record_fast(pace, Pace::kProbation - 1);
    EXPECT_FALSE(pace.is_fast("a"));
    record_fast(pace, 1);
    EXPECT_TRUE(pace.is_fast("a"));
}

TEST(Pace, FirstRunMayBeSlowBecauseItCompiles) {
    Pace pace;
    pace.record("a", microseconds(50'000), false);
    record_fast(pace, Pace::kTrusted);
    EXPECT_TRUE(pace.is_fast("a"));
}

TEST(Pace, ScriptThatCallsBackIsNotFast) {
    Pace pace;
    record_fast(pace, 10);
    pace.record("a", microseconds(20), true);
    EXPECT_FALSE(pace.is_fast("a"));
}

}  // namespace
}  // namespace sluice::script
