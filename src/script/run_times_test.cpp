#include "script/run_times.h"

#include <gtest/gtest.h>

namespace sluice::script {
namespace {

using std::chrono::microseconds;

TEST(RunTimes, NothingTookNoTime) {
    const RunTimes times;
    EXPECT_EQ(times.count(), 0U);
    EXPECT_EQ(times.quantile(0.99), microseconds(0));
}

TEST(RunTimes, SmallTimesAreExact) {
    for (const int us : {0, 1, 2, 3, 4, 5, 6, 7}) {
        RunTimes times;
        times.add(microseconds(us));
        EXPECT_EQ(times.quantile(0.5), microseconds(us));
    }
}

TEST(RunTimes, TellsAtMostAQuarterMoreForEveryTime) {
    for (std::int64_t us = 8; us < 60'000'000; us = us * 9 / 8 + 1) {
        RunTimes times;
        times.add(microseconds(us));
        const std::int64_t told = times.quantile(0.5).count();
        EXPECT_GE(told, us);
        EXPECT_LE(told, us + us / 4) << us;
    }
}

TEST(RunTimes, QuantilesStandWhereTheyShould) {
    RunTimes times;
    for (int i = 0; i < 990; ++i) {
        times.add(microseconds(20));
    }
    for (int i = 0; i < 10; ++i) {
        times.add(microseconds(5000));
    }
    EXPECT_EQ(times.count(), 1000U);
    EXPECT_LE(times.quantile(0.5), microseconds(25));
    EXPECT_LE(times.quantile(0.99), microseconds(25));
    EXPECT_GE(times.quantile(0.999), microseconds(5000));
}

TEST(RunTimes, HoursAndNegativeTimesHaveAPlace) {
    RunTimes times;
    times.add(std::chrono::hours(3));
    times.add(microseconds(-5));
    EXPECT_EQ(times.count(), 2U);
    EXPECT_EQ(times.quantile(0.5), microseconds(0));
    EXPECT_GE(times.quantile(1), std::chrono::seconds(60));
}

}  // namespace
}  // namespace sluice::script
