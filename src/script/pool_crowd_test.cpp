// Many runs and few hosts: who shares one, who waits, who goes first.

#include "script/pool_fixture.h"

namespace sluice::script {
namespace {

TEST_F(PoolTest, RunsOfOneScriptAndCallerAreQueuedOnAHost) {
    settings_.max_hosts = 1;
    make_known("peek 0.05");
    EXPECT_EQ(seen_by(run({"peek 0.05", "peek 0.05"})[0]), 299);
    const Call once = call_of_user(1);
    const Call again = call_of_user(1);
    EXPECT_EQ(seen_by(run_as({&once, &again}, {"peek 0.05", "peek 0.05"})[0]), 299);
}

TEST_F(PoolTest, RunOfAnotherScriptIsNotQueuedBehindOneOfAnOpenEngine) {
    settings_.max_hosts = 1;
    make_known("peek 0.05");
    make_known("a");
    const auto ends = run({"peek 0.05", "a", "a", "a"});
    EXPECT_TRUE(std::ranges::all_of(ends, [](const auto& end) { return end.has_value(); }));
    EXPECT_EQ(seen_by(ends[0]), 200);
}

TEST_F(PoolTest, RunOfAnotherCallerIsNotQueuedBehindOneOfAnOpenEngine) {
    settings_.max_hosts = 1;
    make_known("peek 0.05");
    const Call one = call_of_user(1);
    const Call other = call_of_user(2);
    const auto ends = run_as({&one, &other}, {"peek 0.05", "peek 0.05"});
    EXPECT_EQ(seen_by(ends[0]), 200);
    EXPECT_EQ(seen_by(ends[1]), 200);
}

TEST_F(PoolTest, SandboxedEngineMixesScriptsAndCallers) {
    settings_.max_hosts = 1;
    settings_.is_sandboxed = true;
    make_known("peek 0.05");
    make_known("a");
    const Call other = call_of_user(2);
    EXPECT_EQ(seen_by(run_as({&call_, &other}, {"peek 0.05", "a"})[0]), 299);
}

TEST_F(PoolTest, BusyScriptGivesItsHostToAnotherInTheEnd) {
    settings_.max_hosts = 1;
    settings_.max_depth = 4;
    make_known("sleep 0.01");
    make_known("a");
    std::vector<std::string> texts(60, "sleep 0.01");
    texts.emplace_back("a");
    const auto ends = run(texts);
    EXPECT_TRUE(std::ranges::all_of(ends, [](const auto& end) { return end.has_value(); }));
}

TEST_F(PoolTest, DoneFrameForTheRunBehindEndsTheHost) {
    make_known("forge", 1);
    const auto ends = run({"forge"});
    ASSERT_FALSE(ends[0]);
    EXPECT_EQ(ends[0].error().kind(), ErrorKind::Internal);
    EXPECT_TRUE(run({"a"})[0]);
}

TEST_F(PoolTest, CrowdOfANewScriptWaitsForItsVerdict) {
    settings_.max_hosts = 30;
    const auto ends = run(std::vector<std::string>(40, "new"));
    EXPECT_TRUE(std::ranges::all_of(ends, [](const auto& end) { return end.has_value(); }));
    EXPECT_LE(pool_->host_count(), 2U) << "the one that works and a spare";
}

TEST_F(PoolTest, CrowdOfANewScriptStartsOneHostHoweverLongThatTakes) {
    settings_.host.engine = "late";
    settings_.max_hosts = 30;
    std::size_t most = 0;
    watch_ = [&most](const Pool& pool) { most = std::max(most, pool.host_count()); };
    const auto ends = run(std::vector<std::string>(40, "new"));
    EXPECT_TRUE(std::ranges::all_of(ends, [](const auto& end) { return end.has_value(); }));
    EXPECT_LE(most, 2U);
}

TEST_F(PoolTest, NewScriptsStartAHostEach) {
    settings_.host.engine = "late";
    settings_.max_hosts = 30;
    std::size_t most = 0;
    watch_ = [&most](const Pool& pool) { most = std::max(most, pool.host_count()); };
    run({"a", "b", "c", "a", "b", "c"});
    EXPECT_GE(most, 3U);
    EXPECT_LE(most, 5U) << "those and spares";
}

TEST_F(PoolTest, SlowNewScriptDoesNotHoldUpItsOtherCallers) {
    settings_.fast_time = milliseconds(1);
    const auto start = Deadline::Clock::now();
    const auto ends = run(std::vector<std::string>(4, "sleep 1"));
    EXPECT_TRUE(std::ranges::all_of(ends, [](const auto& end) { return end.has_value(); }));
    EXPECT_LT(Deadline::Clock::now() - start, milliseconds(3500));
}

TEST_F(PoolTest, NestedCallsGoOnWhereOuterRunsHoldEveryHost) {
    settings_.max_hosts = 1;
    settings_.limits.request.wall = milliseconds(15'000);
    const auto start = Deadline::Clock::now();
    expect_all_answered(run(std::vector<std::string>(8, "call call_call_sleep_0.001")), 200);
    EXPECT_LT(Deadline::Clock::now() - start, std::chrono::seconds(12));
}

TEST_F(PoolTest, HostsBeyondTheMostAreOneForEachDepth) {
    settings_.max_hosts = 2;
    settings_.limits.request.wall = milliseconds(15'000);
    std::size_t most = 0;
    watch_ = [&most](const Pool& pool) { most = std::max(most, pool.host_count()); };
    expect_all_answered(run(std::vector<std::string>(6, "call call_call_sleep_0.01")), 200);
    EXPECT_GT(most, 2U);
    EXPECT_LE(most, 5U);
}

TEST_F(PoolTest, HostsBeyondTheMostRetireWhenIdle) {
    settings_.max_hosts = 1;
    expect_all_answered(run({"call sleep_0.001"}), 200);
    EXPECT_EQ(pool_->host_count(), 2U);
    EXPECT_TRUE(run({"sleep 1.2"})[0]);
    EXPECT_EQ(pool_->host_count(), 1U);
}

TEST_F(PoolTest, SlowScriptLeavesAHostToTheOthers) {
    settings_.fast_time = milliseconds(1);
    settings_.max_hosts = 2;
    settings_.limits.request.wall = milliseconds(20'000);
    make_known("a", 2);
    make_known("sleep 0.5", 2);
    std::vector<std::string> texts(4, "sleep 0.5");
    texts.emplace_back("a");
    const auto start = Deadline::Clock::now();
    std::optional<Deadline::Clock::duration> waited;
    on_end_ = [&](const std::string& text) {
        if (text == "a") {
            waited = Deadline::Clock::now() - start;
        }
    };
    const auto ends = run(texts);
    EXPECT_TRUE(std::ranges::all_of(ends, [](const auto& end) { return end.has_value(); }));
    ASSERT_TRUE(waited);
    EXPECT_LT(*waited, milliseconds(400));
    EXPECT_GT(Deadline::Clock::now() - start, milliseconds(1900)) << "one after the other";
}

TEST_F(PoolTest, SlowScriptThatIsAloneHasAllHosts) {
    settings_.fast_time = milliseconds(1);
    settings_.max_hosts = 2;
    make_known("sleep 0.5", 2);
    const auto start = Deadline::Clock::now();
    run(std::vector<std::string>(4, "sleep 0.5"));
    EXPECT_LT(Deadline::Clock::now() - start, milliseconds(1900));
}

TEST_F(PoolTest, WaitingRunsAreServedInTurnBetweenScripts) {
    settings_.fast_time = milliseconds(1);
    settings_.max_hosts = 1;
    settings_.limits.request.wall = milliseconds(20'000);
    make_known("sleep 0.2", 2);
    std::vector<std::string> order;
    on_end_ = [&order](const std::string& text) { order.push_back(text); };
    run({"sleep 0.2", "sleep 0.2", "sleep 0.2", "sleep 0.2", "a", "b"});
    EXPECT_LT(std::ranges::find(order, "a") - order.begin(), 4);
    EXPECT_LT(std::ranges::find(order, "b") - order.begin(), 5);
}

}  // namespace
}  // namespace sluice::script
