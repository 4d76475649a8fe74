#include "core/unit_of_work.h"
#include "script/pool_fixture.h"

namespace sluice::script {
namespace {

TEST_F(PoolTest, OneHostServesRunAfterRun) {
    const std::string first = pid_of(run({"a"})[0]);
    EXPECT_NE(first, "none");
    for (int i = 0; i < 5; ++i) {
        EXPECT_EQ(pid_of(run({"a"})[0]), first);
    }
}

TEST_F(PoolTest, UnknownScriptsGetHostsOfTheirOwn) {
    const auto ends = run({"sleep 0.2", "sleep 0.3", "sleep 0.25"});
    std::set<std::string> pids;
    for (const auto& end : ends) {
        pids.insert(pid_of(end));
    }
    EXPECT_EQ(pids.size(), 3U);
}

TEST_F(PoolTest, FastScriptsShareAHost) {
    for (int i = 0; i < 6; ++i) {
        run({"fast"});
    }
    const std::size_t before = pool_->host_count();
    const auto ends = run({"fast", "fast", "fast", "fast", "fast", "fast", "fast", "fast"});
    std::set<std::string> pids;
    for (const auto& end : ends) {
        pids.insert(pid_of(end));
    }
    EXPECT_EQ(pids.size(), 1U);
    EXPECT_EQ(pool_->host_count(), before);
}

TEST_F(PoolTest, MoreRunsThanHostsWaitTheirTurn) {
    const auto ends = run(std::vector<std::string>(10, "sleep 0.05"));
    EXPECT_TRUE(std::ranges::all_of(ends, [](const auto& end) { return end.has_value(); }));
    EXPECT_LE(pool_->host_count(), 4U);
}

TEST_F(PoolTest, RunOverItsTimeIsEndedAndOthersGoOn) {
    settings_.limits.request.wall = milliseconds(200);
    const auto start = std::chrono::steady_clock::now();
    const auto ends = run({"sleep 9", "sleep 0.01"});
    ASSERT_FALSE(ends[0]);
    EXPECT_EQ(ends[0].error().kind(), ErrorKind::ScriptTimeout);
    EXPECT_NE(ends[0].error().message().find("limit of 200 ms"), std::string::npos);
    EXPECT_TRUE(ends[1]);
    EXPECT_LT(std::chrono::steady_clock::now() - start, std::chrono::seconds(3));
    EXPECT_TRUE(run({"a"})[0]);
}

TEST_F(PoolTest, RunOverItsProcessorTimeIsEnded) {
    settings_.limits.request.cpu = milliseconds(200);
    settings_.limits.request.wall = milliseconds(9000);
    const auto ends = run({"spin 8", "sleep 1"});
    ASSERT_FALSE(ends[0]);
    EXPECT_EQ(ends[0].error().kind(), ErrorKind::ScriptTimeout);
    EXPECT_EQ(ends[0].error().context(), R"({"reason":"script_limit_cpu"})");
    EXPECT_TRUE(ends[1]) << "waiting takes no processor time";
}

TEST_F(PoolTest, CallersDeadlineEndsARunEarlier) {
    call_.request.origin.deadline = Deadline::after(milliseconds(3000));
    settings_.limits.request.wall = milliseconds(60'000);
    const auto ends = run({"sleep 30"});
    ASSERT_FALSE(ends[0]);
    EXPECT_EQ(ends[0].error().kind(), ErrorKind::ScriptTimeout);
}

TEST_F(PoolTest, HostThatDiesFailsItsRunOnly) {
    const auto ends = run({"exit 7"});
    ASSERT_FALSE(ends[0]);
    EXPECT_EQ(ends[0].error().kind(), ErrorKind::Internal);
    EXPECT_NE(ends[0].error().message().find("exit code 7"), std::string::npos)
        << ends[0].error().message();
    EXPECT_TRUE(run({"a"})[0]);
}

TEST_F(PoolTest, HostThatDiesOfItsMemoryPassedALimit) {
    settings_.host.memory_bytes = 64 << 20;
    for (const char* how : {"starve v8", "starve young", "starve node", "starve php"}) {
        const auto ends = run({how});
        ASSERT_FALSE(ends[0]) << how;
        EXPECT_EQ(ends[0].error().context(), R"({"reason":"script_limit_memory"})") << how;
        EXPECT_EQ(ends[0].error().message(), "The script '" + std::string(how) +
                                                 "' used more than its limit of 64 MB of memory.");
        EXPECT_TRUE(run({"a"})[0]);
    }
}

TEST_F(PoolTest, RunsQueuedBehindADeadHostGoElsewhere) {
    for (int i = 0; i < 6; ++i) {
        run({"fast"});
    }
    const pid_t host = std::stoi(pid_of(run({"fast"})[0]));
    kill(host, SIGSTOP);  // takes frames, answers none
    std::vector<std::string> texts(4, "fast");
    const auto start = Deadline::Clock::now();
    asio::co_spawn(io_, kill_after(host, milliseconds(100)), asio::detached);
    const auto ends = run(texts);
    EXPECT_FALSE(ends[0]);
    EXPECT_TRUE(std::ranges::all_of(ends.begin() + 1, ends.end(),
                                    [](const auto& end) { return end.has_value(); }));
    EXPECT_LT(Deadline::Clock::now() - start, std::chrono::seconds(5));
}

TEST_F(PoolTest, BrokenFramesEndTheHostNotTheServer) {
    const auto ends = run({"break sleep 1"});
    ASSERT_FALSE(ends[0]);
    EXPECT_EQ(ends[0].error().kind(), ErrorKind::Internal);
    EXPECT_TRUE(run({"a"})[0]);
}

TEST_F(PoolTest, NoiseOnStdoutChangesNothing) {
    const auto ends = run({"noise"});
    ASSERT_TRUE(ends[0]);
    EXPECT_FALSE(ends[0]->raised);
}

TEST_F(PoolTest, RetiringHostIsReplaced) {
    const std::string first = pid_of(run({"retire"})[0]);
    const std::string second = pid_of(run({"a"})[0]);
    EXPECT_NE(second, "none");
    EXPECT_NE(first, second);
}

TEST_F(PoolTest, StrictRunsGetAFreshHostEach) {
    std::set<std::string> pids{pid_of(run({"a"})[0])};
    for (int i = 0; i < 5; ++i) {
        EXPECT_TRUE(pids.insert(pid_of(run({"strict"})[0])).second) << "run " << i;
        EXPECT_FALSE(pids.insert(pid_of(run({"a"})[0])).second && i > 3) << "others keep theirs";
    }
}

TEST_F(PoolTest, StrictRunsTakeTheirTurnsWhereHostsAreFew) {
    settings_.max_hosts = 1;
    const auto ends = run({"strict", "a", "strict sleep 0.05", "strict", "a"});
    std::set<std::string> pids;
    for (const std::size_t i : {0U, 2U, 3U}) {
        ASSERT_TRUE(ends[i]) << ends[i].error().message();
        pids.insert(pid_of(ends[i]));
    }
    EXPECT_EQ(pids.size(), 3U);
    EXPECT_TRUE(ends[1] && ends[4]);
}

TEST_F(PoolTest, ThrownErrorIsAnOutcome) {
    const auto ends = run({"throw"});
    ASSERT_TRUE(ends[0]);
    EXPECT_EQ(ends[0]->raised->message(), "thrown");
}

TEST_F(PoolTest, CheckTellsWhatIsWrongWithAText) {
    run({"a"});
    const auto faulty = check("throw");
    ASSERT_TRUE(faulty) << faulty.error().message();
    EXPECT_EQ(*faulty, "thrown");
    const auto fine = check("fine");
    ASSERT_TRUE(fine) << fine.error().message();
    EXPECT_FALSE(*fine);
}

TEST_F(PoolTest, CheckGivesUpWhenNoHostIsFree) {
    settings_.max_hosts = 1;
    run({"a"});
    const auto found = check("throw", {"sleep 0.6"});
    ASSERT_FALSE(found);
    EXPECT_EQ(found.error().kind(), ErrorKind::ServiceUnavailable);
}

TEST_F(PoolTest, CheckThatKillsItsHostIsAnError) {
    run({"a"});
    EXPECT_FALSE(check("exit 1"));
    EXPECT_TRUE(run({"a"})[0]);
}

TEST_F(PoolTest, CallGoesThroughTheHandlerAsTheCaller) {
    const auto ends = run({"call db/_table/x"});
    ASSERT_TRUE(ends[0]);
    EXPECT_EQ(ends[0]->response.status, 207);
    ASSERT_TRUE(asked_);
    EXPECT_EQ(asked_->path, "/api/v2/db/_table/x");
    EXPECT_EQ(asked_->origin.depth, 1);
    EXPECT_EQ(asked_->origin.principal, call_.principal);
}

TEST_F(PoolTest, CallsBeyondTheLimitFailTheRun) {
    settings_.limits.request.api_calls = 1;
    const auto ends = run({"call a call b", "call a"});
    ASSERT_TRUE(ends[0]);
    ASSERT_TRUE(ends[0]->raised);
    EXPECT_EQ(ends[0]->raised->context(), R"({"reason":"script_limit_api_calls"})");
    ASSERT_TRUE(ends[1]);
    EXPECT_FALSE(ends[1]->raised);
}

TEST_F(PoolTest, TooDeepNestingIsRefused) {
    call_.request.origin.depth = 8;
    const auto ends = run({"a"});
    ASSERT_FALSE(ends[0]);
    EXPECT_EQ(ends[0].error().context(), R"({"reason":"script_limit_depth"})");
}

/// A part of a transaction that has begun.
class OpenPart : public UnitOfWork::Part {
public:
    Task<Status> commit(Deadline) override { co_return Status(); }
    Task<Status> rollback() override { co_return Status(); }
    bool is_open() const override { return true; }
};

TEST_F(PoolTest, RunsInATransactionDoNotWaitForThoseThatMayWaitForIt) {
    settings_.max_hosts = 2;
    Call holding = call_;
    holding.request.origin.unit = std::make_shared<UnitOfWork>("db", Deadline());
    holding.request.origin.unit->set_part(std::make_unique<OpenPart>());
    std::vector<std::string> ended;
    on_end_ = [&ended](const std::string& text) { ended.push_back(text); };
    const auto ends = run_as({&call_, &call_, &call_, &holding},
                             {"sleep 1", "sleep 1.1", "sleep 1.2", "sleep 0.01"});
    for (const auto& end : ends) {
        EXPECT_TRUE(end);
    }
    EXPECT_EQ(ended.front(), "sleep 0.01");
    EXPECT_EQ(ended.back(), "sleep 1.2");
    EXPECT_LE(pool_->host_count(), 3U);
}

TEST_F(PoolTest, RunsInATransactionHoldAsManyHostsAgainAtMost) {
    settings_.max_hosts = 2;
    Call holding = call_;
    holding.request.origin.unit = std::make_shared<UnitOfWork>("db", Deadline());
    holding.request.origin.unit->set_part(std::make_unique<OpenPart>());
    std::size_t most = 0;
    watch_ = [&most](const Pool& pool) { most = std::max(most, pool.host_count()); };
    std::vector<const Call*> callers{&call_, &call_};
    std::vector<std::string> texts{"sleep 1.5", "sleep 1.5"};
    for (int i = 0; i < 8; ++i) {
        callers.push_back(&holding);
        texts.push_back("sleep 0.1" + std::to_string(i));
    }
    for (const auto& end : run_as(callers, texts)) {
        EXPECT_TRUE(end);
    }
    EXPECT_LE(most, 4U);
}

TEST_F(PoolTest, InterpreterThatDoesNotStartIs503) {
    settings_.host.engine = "stillborn";
    const auto ends = run({"a"});
    ASSERT_FALSE(ends[0]);
    EXPECT_EQ(ends[0].error().kind(), ErrorKind::ServiceUnavailable);
    // From now on without trying again, for a while.
    const auto start = Deadline::Clock::now();
    EXPECT_FALSE(run({"a"})[0]);
    EXPECT_LT(Deadline::Clock::now() - start, milliseconds(200));
}

TEST_F(PoolTest, HostThatNeverAnswersTheSetupIsGivenUp) {
    settings_.host.engine = "silent";
    settings_.host.boot_time = milliseconds(100);
    call_.request.origin.deadline = Deadline::after(milliseconds(1500));
    const auto ends = run({"a"});
    ASSERT_FALSE(ends[0]);
    EXPECT_EQ(ends[0].error().kind(), ErrorKind::ServiceUnavailable);
}

}  // namespace
}  // namespace sluice::script
