#include "script/run_numbers.h"

#include <set>

#include <gtest/gtest.h>

namespace sluice::script {
namespace {

TEST(RunNumbers, FitADoubleAndAreNeverNothing) {
    RunNumbers numbers;
    for (int i = 0; i < 1000; ++i) {
        const std::uint64_t number = numbers.next();
        EXPECT_GT(number, 0U);
        EXPECT_LT(number, std::uint64_t{1} << 53U);
    }
}

TEST(RunNumbers, CannotBeGuessedFromThoseBefore) {
    RunNumbers one;
    RunNumbers other;
    std::set<std::uint64_t> seen;
    std::set<std::uint64_t> steps;
    std::uint64_t before = 0;
    for (int i = 0; i < 500; ++i) {
        const std::uint64_t number = one.next();
        EXPECT_TRUE(seen.insert(number).second);
        EXPECT_TRUE(seen.insert(other.next()).second);
        steps.insert(number - before);
        before = number;
    }
    EXPECT_EQ(steps.size(), 500U);
}

}  // namespace
}  // namespace sluice::script
