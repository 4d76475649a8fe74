#include "script/run_log.h"

#include <thread>

#include <gtest/gtest.h>

namespace sluice::script {
namespace {

/// Runs of scripts of its own, one after the other.
class RunLogTest : public testing::Test {
protected:
    RunLogTest() {
        auto caller = std::make_shared<Principal>();
        caller->user.emplace();
        caller->user->id = 7;
        call_.principal = caller;
        call_.request.path = "/api/v2/db/_table/contact";
        call_.request.origin.request_id = "r1";
    }

    std::shared_ptr<RunRecord> begin(const std::string& name = "s") {
        auto script = std::make_shared<Script>();
        script->name = name;
        script->engine = "php";
        const Event event{Stage::PostProcess, "", call_, call_.request, nullptr};
        return log_->begin(script, event);
    }
    RunId run(const std::string& name = "s") { return begin(name)->id; }
    RunId fail_one(const std::string& name = "s") {
        const auto record = begin(name);
        record->fail_with(RunOutcome::Raised, Error(ErrorKind::BadRequest, "no"));
        return record->id;
    }
    std::vector<RunId> listed(const RunQuery& query = {}) const {
        std::vector<RunId> ids;
        for (const KeptRun& kept : log_->page(query)) {
            ids.push_back(kept->id);
        }
        return ids;
    }

    Call call_;
    std::shared_ptr<RunLog> log_ = std::make_shared<RunLog>(RunLogSettings{3, 2, 1 << 20});
};

TEST_F(RunLogTest, KeepsARunWhenItIsOver) {
    auto record = begin();
    const RunId id = record->id;
    EXPECT_EQ(log_->find(id), nullptr);
    record->add_line(log::Level::Info, "hello");
    record.reset();
    const KeptRun kept = log_->find(id);
    ASSERT_NE(kept, nullptr);
    EXPECT_EQ(kept->script->name, "s");
    EXPECT_EQ(kept->path, "/api/v2/db/_table/contact");
    EXPECT_EQ(kept->request_id, "r1");
    EXPECT_EQ(kept->user, 7);
    EXPECT_EQ(kept->app, std::nullopt);
    ASSERT_EQ(kept->lines.size(), 1U);
    EXPECT_EQ(kept->lines[0].text, "hello");
}

TEST_F(RunLogTest, ListsTheLatestFirst) {
    const RunId first = run();
    const RunId second = run();
    EXPECT_EQ(listed(), (std::vector{second, first}));
}

TEST_F(RunLogTest, ForgetsTheOldest) {
    const RunId first = run();
    run();
    run();
    run();
    EXPECT_EQ(log_->find(first), nullptr);
    EXPECT_EQ(listed().size(), 3U);
}

TEST_F(RunLogTest, FailuresOutliveWhatWentWell) {
    const RunId failed = fail_one();
    for (int i = 0; i < 10; ++i) {
        run();
    }
    ASSERT_NE(log_->find(failed), nullptr);
    EXPECT_EQ(listed().back(), failed);
    fail_one();
    fail_one();
    for (int i = 0; i < 10; ++i) {
        run();
    }
    EXPECT_EQ(log_->find(failed), nullptr) << "only two of them are kept besides";
    EXPECT_EQ(listed().size(), 5U);
}

TEST_F(RunLogTest, WarningsCountAsNotable) {
    auto record = begin();
    const RunId id = record->id;
    record->add_line(log::Level::Warn, "dropped its changes");
    record.reset();
    for (int i = 0; i < 5; ++i) {
        run();
    }
    EXPECT_NE(log_->find(id), nullptr);
}

TEST_F(RunLogTest, PagesGoOnBehindARun) {
    const RunId failed = fail_one();
    const RunId second = run();
    const RunId third = run();
    const RunId fourth = run();
    EXPECT_EQ(listed({.limit = 2}), (std::vector{fourth, third}));
    EXPECT_EQ(listed({.before = third, .limit = 2}), (std::vector{second, failed}));
    EXPECT_EQ(listed({.before = failed}), std::vector<RunId>());
}

TEST_F(RunLogTest, FindsByWhatARunIs) {
    const RunId failed = fail_one("a");
    const RunId other = run("b");
    EXPECT_EQ(listed({.script = "b"}), std::vector{other});
    EXPECT_EQ(listed({.outcome = RunOutcome::Raised}), std::vector{failed});
    EXPECT_EQ(listed({.engine = "v8js"}), std::vector<RunId>());
    EXPECT_EQ(listed({.request_id = "r1"}).size(), 2U);
    EXPECT_EQ(listed({.request_id = "r2"}).size(), 0U);
}

TEST_F(RunLogTest, BytesAreBounded) {
    log_ = std::make_shared<RunLog>(RunLogSettings{1000, 1000, 200'000});
    for (int i = 0; i < 100; ++i) {
        begin()->add_line(log::Level::Error, std::string(10'000, 'x'));
    }
    std::size_t bytes = 0;
    for (const KeptRun& kept : log_->page({.limit = 1000})) {
        bytes += kept->bytes();
    }
    EXPECT_LE(bytes, 200'000U);
    EXPECT_GE(bytes, 150'000U);
}

TEST_F(RunLogTest, ARunThatTalksTooMuchLosesLines) {
    const auto record = begin();
    for (int i = 0; i < 300; ++i) {
        record->add_line(log::Level::Info, "x");
    }
    EXPECT_EQ(record->lines.size(), RunRecord::kMostLines);
    EXPECT_EQ(record->lines_lost, 100U);
    const auto other = begin();
    other->add_line(log::Level::Info, std::string(RunRecord::kMostLineBytes, 'x'));
    other->add_line(log::Level::Info, "y");
    EXPECT_EQ(other->lines.size(), 1U);
    EXPECT_EQ(other->lines_lost, 1U);
}

TEST_F(RunLogTest, TellsWhatEndedBehindAPlace) {
    EXPECT_EQ(log_->last_place(), 0U);
    const RunId first = run();
    const RunId second = run();
    EXPECT_EQ(log_->last_place(), 2U);
    const auto all = log_->behind(0, 10);
    ASSERT_EQ(all.size(), 2U);
    EXPECT_EQ(all[0]->id, first);
    EXPECT_EQ(all[1]->id, second);
    EXPECT_EQ(log_->behind(1, 10).size(), 1U);
    EXPECT_EQ(log_->behind(0, 1).size(), 1U);
    EXPECT_TRUE(log_->behind(2, 10).empty());
}

TEST_F(RunLogTest, TakesRunsOfManyThreads) {
    std::vector<std::thread> threads;
    for (int i = 0; i < 4; ++i) {
        threads.emplace_back([this] {
            for (int n = 0; n < 200; ++n) {
                n % 10 == 0 ? fail_one() : run();
                listed();
            }
        });
    }
    for (std::thread& thread : threads) {
        thread.join();
    }
    EXPECT_EQ(log_->last_place(), 800U);
    EXPECT_EQ(log_->summaries().at(0).count, 800U);
    EXPECT_EQ(log_->summaries().at(0).errors, 80U);
}

}  // namespace
}  // namespace sluice::script
