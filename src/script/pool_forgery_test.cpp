// Hosts that say what they should not, because a script speaks in their place.

#include "script/pool_fixture.h"

namespace sluice::script {
namespace {

class PoolForgeryTest : public PoolTest {
protected:
    /// The loop goes on for so long, with nothing to run.
    void rest(milliseconds time) {
        const auto until = Deadline::after(time);
        while (!until.has_passed()) {
            io_.restart();
            io_.run_for(milliseconds(20));
            pool_->tend(Deadline::Clock::now());
        }
    }
};

TEST_F(PoolForgeryTest, AnswerForAnotherRunEndsTheHost) {
    const auto ends = run({"forge sleep 1"});
    ASSERT_FALSE(ends[0]);
    EXPECT_NE(ends[0].error().message().find("a done frame for no run at its head"),
              std::string::npos);
}

TEST_F(PoolForgeryTest, SecondAnswerForARunEndsTheHost) {
    const auto ends = run({"answer sleep 0.1"});  // and then the host's own
    ASSERT_TRUE(ends[0]);
    rest(milliseconds(500));
    EXPECT_NE(pid_of(run({"a"})[0]), pid_of(ends[0]));
}

TEST_F(PoolForgeryTest, SecondHelloEndsTheHost) {
    EXPECT_FALSE(run({"greet sleep 1"})[0]);
}

TEST_F(PoolForgeryTest, LogOfAnotherRunEndsTheHost) {
    EXPECT_FALSE(run({"log 1 sleep 1"})[0]);
    EXPECT_TRUE(run({"log 0"})[0]);
}

TEST_F(PoolForgeryTest, HostThatWorksWithoutARunIsEnded) {
    const auto ends = run({"answer spin 60"});
    ASSERT_TRUE(ends[0]);
    EXPECT_TRUE(pool_->is_watched());
    const pid_t host = std::stoi(pid_of(ends[0]));
    EXPECT_EQ(kill(host, 0), 0);
    rest(milliseconds(2000));
    EXPECT_NE(kill(host, 0), 0) << "it still works";
    EXPECT_TRUE(run({"a"})[0]);
}

TEST_F(PoolForgeryTest, RunThatGoesOnWithRefusedCallsIsEnded) {
    settings_.limits.request.api_calls = 2;
    const auto ends = run({"pester 5000 sleep 2"});
    ASSERT_FALSE(ends[0]);
    EXPECT_EQ(ends[0].error().context(), R"({"reason":"script_limit_api_calls"})");
    EXPECT_TRUE(run({"a"})[0]);
}

TEST_F(PoolForgeryTest, WhatIsPrintedPastTheFramesIsBounded) {
    settings_.limits.request.output_bytes = 64 << 10;
    testing::internal::CaptureStderr();
    const auto ends = run({"chatter 2000"});
    const std::string printed = testing::internal::GetCapturedStderr();
    EXPECT_TRUE(ends[0]);
    EXPECT_LT(printed.size(), 400U << 10U);
    EXPECT_NE(printed.find("prints too much in chatter 2000 (fake): the rest is lost"),
              std::string::npos);
}

TEST_F(PoolForgeryTest, HostThatWaitsWithoutARunStays) {
    const auto ends = run({"spin 0.1"});
    rest(milliseconds(1500));
    EXPECT_EQ(pid_of(run({"a"})[0]), pid_of(ends[0]));
}

}  // namespace
}  // namespace sluice::script
