#include "pipeline/transaction.h"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <gtest/gtest.h>

namespace sluice::pipeline {
namespace {

namespace asio = boost::asio;

/// Notes how it ended.
class NotingPart : public UnitOfWork::Part {
public:
    NotingPart(std::string& ended, Status commit) : ended_(ended), commit_(std::move(commit)) {}
    Task<Status> commit(Deadline) override {
        ended_ += "commit";
        co_return commit_;
    }
    Task<Status> rollback() override {
        ended_ += "rollback";
        co_return Status();
    }
    bool is_open() const override { return true; }

private:
    std::string& ended_;
    Status commit_;
};

class Transaction : public testing::Test {
protected:
    Transaction() {
        call_.target.service = "db";
        call_.target.events = {{"db._table.{table_name}.post", "todo"},
                               {"db._table.todo.post", "todo"}};
        database_.has_transactions = true;
    }

    void attach(const std::string& event, ScriptRef store::Attachments::*stage, bool asks) {
        auto script = std::make_shared<Script>();
        script->name = event + ".some_stage";
        script->is_transactional = asks;
        snapshot_.attachments[event].*stage = script;
        ++snapshot_.attachments_per_service["db"];
    }

    Result<UnitOfWorkRef> asked() const { return unit_of_work(snapshot_, call_, database_); }

    /// Why it could not be kept; how it ended is in `ended_`.
    std::optional<Error> settled(int status,
                                 bool has_failed = false,
                                 Status commit = {},
                                 Deadline deadline = {}) {
        UnitOfWork unit("db", Deadline());
        unit.set_part(std::make_unique<NotingPart>(ended_, std::move(commit)));
        ended_.clear();
        Response response;
        response.status = status;
        std::optional<Error> lost;
        asio::io_context io;
        asio::co_spawn(io, keep(unit, has_failed, deadline, response, lost), asio::detached);
        io.run();
        return lost;
    }
    static Task<void> keep(UnitOfWork& unit,
                           bool has_failed,
                           Deadline deadline,
                           const Response& response,
                           std::optional<Error>& lost) {
        lost = co_await settle(unit, has_failed, deadline, response);
    }

    store::Snapshot snapshot_;
    Call call_;
    services::Description database_;
    std::string ended_;
};

TEST_F(Transaction, NoneUnlessAScriptAsks) {
    attach("db._table.todo.post", &store::Attachments::pre_process, false);
    attach("db._table.todo.get", &store::Attachments::pre_process, true);
    const auto unit = asked();
    ASSERT_TRUE(unit);
    EXPECT_EQ(*unit, nullptr);
}

TEST_F(Transaction, AnyScriptOfTheCallMayAsk) {
    for (const auto stage : {&store::Attachments::pre_process, &store::Attachments::post_process,
                             &store::Attachments::final}) {
        for (const EventName& event : call_.target.events) {
            snapshot_.attachments.clear();
            attach(event.name, stage, true);
            const auto unit = asked();
            ASSERT_TRUE(unit);
            ASSERT_NE(*unit, nullptr) << event.name;
            EXPECT_EQ((*unit)->service(), "db");
        }
    }
}

TEST_F(Transaction, StandsInsideOfTheOneAroundIt) {
    attach("db._table.todo.post", &store::Attachments::final, true);
    call_.request.origin.unit = std::make_shared<UnitOfWork>("db", Deadline());
    const auto unit = asked();
    ASSERT_TRUE(unit);
    EXPECT_EQ((*unit)->outer(), call_.request.origin.unit.get());
}

TEST_F(Transaction, AServiceWithoutIsNoPlaceForOne) {
    attach("db._table.todo.post", &store::Attachments::final, true);
    database_.has_transactions = false;
    const auto unit = asked();
    ASSERT_FALSE(unit);
    EXPECT_EQ(unit.error().kind(), ErrorKind::Internal);
    EXPECT_NE(unit.error().message().find("'db' has none"), std::string::npos);
}

TEST_F(Transaction, IsKeptWhenTheAnswerIsGood) {
    EXPECT_FALSE(settled(200));
    EXPECT_EQ(ended_, "commit");
    EXPECT_FALSE(settled(302));
    EXPECT_EQ(ended_, "commit");
}

TEST_F(Transaction, IsUndoneWhenItIsNot) {
    EXPECT_FALSE(settled(400));
    EXPECT_EQ(ended_, "rollback");
    EXPECT_FALSE(settled(200, true));
    EXPECT_EQ(ended_, "rollback");
}

TEST_F(Transaction, ACommitThatFailsIsTold) {
    const auto lost = settled(200, false, fail(ErrorKind::Conflict, "No."));
    ASSERT_TRUE(lost);
    EXPECT_EQ(lost->message(), "No.");
}

TEST_F(Transaction, NothingIsKeptAfterTheDeadline) {
    const auto lost = settled(200, false, {}, Deadline::after(std::chrono::milliseconds(-1)));
    ASSERT_TRUE(lost);
    EXPECT_EQ(lost->kind(), ErrorKind::UpstreamTimeout);
    EXPECT_EQ(ended_, "rollback");
}

}  // namespace
}  // namespace sluice::pipeline
