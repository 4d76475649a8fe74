// Calls that share a transaction, on every database.
#include "services/sql/shared_work.h"

#include <array>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "services/sql/service_kit.h"

namespace sluice::services::sql {
namespace {

using ::testing::HasSubstr;

constexpr auto kDdl =
    "CREATE TABLE entry (id INTEGER PRIMARY KEY, n INTEGER NOT NULL);"
    "INSERT INTO entry VALUES (1, 10);";

Task<void> answer_call(Service& service, const Call& call, Answer& answer) {
    auto response = co_await service.handle(call);
    answer = response ? Answer{response->status, response->content}
                      : Answer{response.error().status(), response.error().to_json()};
}

Task<void> end(UnitOfWork& unit, bool commits, Status& status) {
    status = co_await unit.end(commits, Deadline::after(std::chrono::seconds(10)));
}

class SharedWorkSuite : public ::testing::TestWithParam<std::string> {
protected:
    void SetUp() override {
        if (!ServiceKit::has(GetParam())) {
            GTEST_SKIP() << ServiceKit::lacks(GetParam());
        }
        kit_ = std::make_unique<ServiceKit>(GetParam(), kDdl);
        begin();
    }
    void TearDown() override {
        unit_.reset();
        kit_.reset();
    }
    void begin() { unit_ = std::make_shared<UnitOfWork>(call_of({}).target.service, Deadline()); }
    /// What follows is a part of what has begun.
    void begin_inside() {
        unit_ = std::make_shared<UnitOfWork>(call_of({}).target.service, Deadline(), unit_);
    }
    /// Ends that part; what follows is around it again.
    Status end_inside(bool commits, UnitOfWorkRef outer) {
        const Status status = end_unit(commits);
        unit_ = std::move(outer);
        return status;
    }

    Answer inside(Verb verb,
                  std::string resource,
                  std::string content = "",
                  Parameters asked = {}) {
        Call call = call_of({.verb = verb,
                             .resource = std::move(resource),
                             .parameters = std::move(asked),
                             .content = std::move(content)});
        call.request.origin.unit = unit_;
        Answer answer;
        kit_->run(answer_call(kit_->service(), call, answer));
        return answer;
    }
    Answer insert(int id, int n) {
        return inside(
            Verb::Post, "_table/entry",
            R"({"resource":[{"id":)" + std::to_string(id) + R"(,"n":)" + std::to_string(n) + "}]}");
    }
    Status end_unit(bool commits) {
        Status status;
        kit_->run(end(*unit_, commits, status));
        return status;
    }
    std::string count() { return kit_->get("_table/entry", {{"count_only", "true"}}).body; }

    std::unique_ptr<ServiceKit> kit_;
    UnitOfWorkRef unit_;
};

TEST_P(SharedWorkSuite, BecomesLastingTogether) {
    EXPECT_EQ(insert(2, 20).status, 200);
    EXPECT_EQ(inside(Verb::Patch, "_table/entry/1", R"({"n":11})").status, 200);
    EXPECT_EQ(inside(Verb::Get, "_table/entry", "", {{"count_only", "true"}}).body, "2");
    EXPECT_EQ(count(), "1");  // others do not see it yet
    EXPECT_TRUE(end_unit(true));
    EXPECT_EQ(count(), "2");
    EXPECT_THAT(kit_->get("_table/entry/1").body, HasSubstr(R"("n":11)"));
}

TEST_P(SharedWorkSuite, IsUndoneTogether) {
    EXPECT_EQ(insert(2, 20).status, 200);
    EXPECT_EQ(inside(Verb::Delete, "_table/entry/1").status, 200);
    EXPECT_TRUE(end_unit(false));
    EXPECT_EQ(kit_->get("_table/entry").body, R"({"resource":[{"id":1,"n":10}]})");
}

TEST_P(SharedWorkSuite, IsUndoneWhenNobodyEndsIt) {
    EXPECT_EQ(insert(2, 20).status, 200);
    unit_.reset();
    EXPECT_EQ(kit_->send(Verb::Post, "_table/entry", R"({"resource":[{"id":3,"n":1}]})").status,
              200);
    EXPECT_EQ(count(), "2");
}

TEST_P(SharedWorkSuite, ACallThatFailsLeavesTheRest) {
    EXPECT_EQ(insert(2, 20).status, 200);
    EXPECT_GE(insert(2, 21).status, 400);
    EXPECT_EQ(inside(Verb::Get, "_table/entry", "", {{"filter", "n / (n - 20) > 0"}}).status, 400);
    EXPECT_EQ(insert(3, 30).status, 200);
    EXPECT_EQ(inside(Verb::Post, "_table/entry", R"({"resource":[{"id":4,"n":1},{"id":2,"n":1}]})",
                     {{"rollback", "true"}})
                  .status,
              400);
    EXPECT_TRUE(end_unit(true));
    EXPECT_EQ(kit_->get("_table/entry", {{"fields", "id"}}).body,
              R"({"resource":[{"id":1},{"id":2},{"id":3}]})");
}

TEST_P(SharedWorkSuite, AStatementThatFailsLeavesTheRest) {
    kit_->execute(GetParam() == "postgres"
                      ? "CREATE VIEW broken AS SELECT id, 1 / (n - n) AS n FROM entry"
                  : GetParam() == "sqlite"
                      ? "CREATE VIEW broken AS SELECT id, abs(-9223372036854775807 - 1) AS n "
                        "FROM entry"
                      : "CREATE VIEW broken AS SELECT id, (SELECT a.n FROM entry a, entry b) AS n "
                        "FROM entry");
    EXPECT_EQ(insert(2, 20).status, 200);
    EXPECT_GE(inside(Verb::Get, "_table/broken").status, 400);
    EXPECT_EQ(insert(3, 30).status, 200);
    EXPECT_TRUE(end_unit(true));
    EXPECT_EQ(count(), "3");
}

TEST_P(SharedWorkSuite, CallsAtTheSameTimeTakeTurns) {
    std::vector<Call> calls;
    std::vector<Answer> answers(20);
    for (int id = 100; id < 120; ++id) {
        calls.push_back(
            call_of({.verb = Verb::Post,
                     .resource = "_table/entry",
                     .content = R"({"resource":[{"id":)" + std::to_string(id) + R"(,"n":1}]})"}));
        calls.back().request.origin.unit = unit_;
    }
    for (std::size_t i = 0; i < calls.size(); ++i) {
        boost::asio::co_spawn(kit_->loop(), answer_call(kit_->service(), calls[i], answers[i]),
                              boost::asio::detached);
    }
    EXPECT_EQ(inside(Verb::Get, "_table/entry/1").status, 200);
    while (std::ranges::any_of(answers, [](const Answer& one) { return one.status == 0; })) {
        kit_->loop().restart();
        kit_->loop().run_one();
    }
    EXPECT_THAT(answers, ::testing::Each(::testing::Field(&Answer::status, 200)));
    EXPECT_EQ(count(), "1");
    EXPECT_TRUE(end_unit(true));
    EXPECT_EQ(count(), "21");
}

TEST_P(SharedWorkSuite, TablesAreNotChangedInIt) {
    const Answer answer = inside(Verb::Delete, "_schema/entry");
    EXPECT_EQ(answer.status, 400);
    EXPECT_THAT(answer.body, HasSubstr("in a transaction"));
    EXPECT_EQ(inside(Verb::Get, "_schema/entry").status, 200);
    EXPECT_EQ(count(), "1");
}

TEST_P(SharedWorkSuite, AfterItsEndNothingMoreIsDone) {
    EXPECT_EQ(insert(2, 20).status, 200);
    EXPECT_TRUE(end_unit(true));
    EXPECT_EQ(insert(3, 30).status, 503);
    EXPECT_EQ(count(), "2");
}

TEST_P(SharedWorkSuite, NothingRunsOnTheDatabaseOfAnotherService) {
    EXPECT_EQ(insert(2, 20).status, 200);
    auto again = kit_->make_again(kit_->loop());
    ASSERT_TRUE(again);
    Call call = call_of({.verb = Verb::Delete, .resource = "_table/entry/1"});
    call.request.origin.unit = unit_;
    Answer answer;
    kit_->run(answer_call(**again, call, answer));
    EXPECT_EQ(answer.status, 503);
    EXPECT_FALSE(end_unit(true));
    EXPECT_EQ(kit_->get("_table/entry").body, R"({"resource":[{"id":1,"n":10}]})");
}

TEST_P(SharedWorkSuite, OutlivesTheServiceThatItBeganWith) {
    EXPECT_EQ(insert(2, 20).status, 200);
    auto again = kit_->make_again(kit_->loop());
    ASSERT_TRUE(again);
    EXPECT_TRUE(end_unit(true));
    EXPECT_EQ(count(), "2");
}

TEST_P(SharedWorkSuite, APartIsUndoneAlone) {
    EXPECT_EQ(insert(2, 20).status, 200);
    const UnitOfWorkRef outer = unit_;
    begin_inside();
    EXPECT_EQ(insert(3, 30).status, 200);
    EXPECT_EQ(inside(Verb::Patch, "_table/entry/2", R"({"n":21})").status, 200);
    EXPECT_TRUE(end_inside(false, outer));
    EXPECT_EQ(insert(4, 40).status, 200);
    begin_inside();
    EXPECT_EQ(insert(5, 50).status, 200);
    EXPECT_TRUE(end_inside(true, outer));
    EXPECT_EQ(count(), "1");
    EXPECT_TRUE(end_unit(true));
    EXPECT_EQ(kit_->get("_table/entry").body,
              R"({"resource":[{"id":1,"n":10},{"id":2,"n":20},{"id":4,"n":40},{"id":5,"n":50}]})");
}

TEST_P(SharedWorkSuite, PartsStandInsideOfParts) {
    const UnitOfWorkRef outer = unit_;
    begin_inside();
    const UnitOfWorkRef middle = unit_;
    begin_inside();
    EXPECT_EQ(insert(2, 20).status, 200);
    EXPECT_TRUE(end_inside(true, middle));
    begin_inside();
    EXPECT_EQ(insert(3, 30).status, 200);
    EXPECT_TRUE(end_inside(false, middle));
    EXPECT_EQ(insert(4, 40).status, 200);
    EXPECT_TRUE(end_inside(true, outer));
    EXPECT_EQ(inside(Verb::Get, "_table/entry", "", {{"count_only", "true"}}).body, "3");
    EXPECT_TRUE(end_unit(false));
    EXPECT_EQ(count(), "1");
}

TEST_P(SharedWorkSuite, APartThatNobodyEndsTakesTheWholeWithIt) {
    EXPECT_EQ(insert(2, 20).status, 200);
    const UnitOfWorkRef outer = unit_;
    begin_inside();
    EXPECT_EQ(insert(3, 30).status, 200);
    unit_ = outer;
    EXPECT_EQ(insert(4, 40).status, 503);
    EXPECT_FALSE(end_unit(true));
    EXPECT_EQ(count(), "1");
}

TEST_P(SharedWorkSuite, WhatStandsAroundAPartWaitsForItsEnd) {
    const UnitOfWorkRef outer = unit_;
    begin_inside();
    EXPECT_EQ(insert(2, 20).status, 200);
    const UnitOfWorkRef part = unit_;
    Call call = call_of({.verb = Verb::Post,
                         .resource = "_table/entry",
                         .content = R"({"resource":[{"id":3,"n":30}]})"});
    call.request.origin.unit = outer;
    Answer answer;
    boost::asio::co_spawn(kit_->loop(), answer_call(kit_->service(), call, answer),
                          boost::asio::detached);
    EXPECT_EQ(inside(Verb::Get, "_table/entry", "", {{"count_only", "true"}}).body, "2");
    EXPECT_EQ(answer.status, 0);
    EXPECT_TRUE(end_inside(false, outer));
    while (answer.status == 0) {
        kit_->loop().restart();
        kit_->loop().run_one();
    }
    EXPECT_EQ(answer.status, 200);
    EXPECT_TRUE(end_unit(true));
    EXPECT_EQ(kit_->get("_table/entry").body, R"({"resource":[{"id":1,"n":10},{"id":3,"n":30}]})");
}

TEST_P(SharedWorkSuite, IsFoundAroundTheUnitOfAnotherService) {
    const UnitOfWorkRef outer = unit_;
    unit_ = std::make_shared<UnitOfWork>("another", Deadline(), outer);
    EXPECT_EQ(insert(2, 20).status, 200);
    EXPECT_EQ(count(), "1");
    unit_ = outer;
    EXPECT_TRUE(end_unit(true));
    EXPECT_EQ(count(), "2");
}

TEST_P(SharedWorkSuite, NothingIsKeptAfterItsTime) {
    EXPECT_EQ(insert(2, 20).status, 200);
    Status status;
    const auto late = [](UnitOfWork& unit, Status& ended) -> Task<void> {
        ended = co_await unit.end(true, Deadline::after(std::chrono::milliseconds(-1)));
    };
    kit_->run(late(*unit_, status));
    ASSERT_FALSE(status);
    EXPECT_EQ(status.error().kind(), ErrorKind::UpstreamTimeout);
    EXPECT_EQ(count(), "1");
}

TEST_P(SharedWorkSuite, WhatNeverBeganIsOverToo) {
    EXPECT_TRUE(end_unit(true));
    EXPECT_EQ(insert(2, 20).status, 503);
    EXPECT_EQ(count(), "1");
}

TEST_P(SharedWorkSuite, OfAnotherServiceIsNoneOfOurs) {
    unit_ = std::make_shared<UnitOfWork>("another", Deadline());
    EXPECT_EQ(insert(2, 20).status, 200);
    EXPECT_EQ(unit_->part(), nullptr);
    EXPECT_EQ(count(), "2");
}

TEST_P(SharedWorkSuite, RoutinesAreNotCalledInIt) {
    if (GetParam() == "sqlite") {
        GTEST_SKIP() << "has none";
    }
    kit_->execute(GetParam() == "postgres"
                      ? "CREATE FUNCTION one() RETURNS INTEGER LANGUAGE sql AS 'SELECT 1'"
                      : "CREATE FUNCTION one() RETURNS INTEGER DETERMINISTIC RETURN 1");
    EXPECT_EQ(kit_->get("_func/one"), (Answer{200, "1"}));
    const Answer answer = inside(Verb::Get, "_func/one");
    EXPECT_EQ(answer.status, 400);
    EXPECT_THAT(answer.body, HasSubstr("in a transaction"));
    EXPECT_EQ(inside(Verb::Get, "_func").status, 200);
}

TEST_P(SharedWorkSuite, ManyAtATimeLeaveRoomForWhatTheyNeedBesides) {
    kit_->execute("CREATE TABLE other (id INTEGER PRIMARY KEY)");
    std::vector<UnitOfWorkRef> units;
    const auto work = [](Service& service, Call first, Call second, int& status) -> Task<void> {
        Answer answer;
        co_await answer_call(service, first, answer);
        if (answer.status == 200) {  // what is known of its table is asked for on the way
            co_await answer_call(service, second, answer);
        }
        UnitOfWork& unit = *first.request.origin.unit;
        if (unit.part() != nullptr) {
            static_cast<void>(co_await unit.part()->rollback());
            unit.set_part(nullptr);
        }
        status = answer.status;
    };
    std::vector<int> statuses(12);
    const Deadline deadline = Deadline::after(std::chrono::seconds(8));
    for (int& status : statuses) {
        units.push_back(std::make_shared<UnitOfWork>(unit_->service(), Deadline()));
        Call first = call_of({.resource = "_table/entry", .deadline = deadline});
        Call second = call_of({.resource = "_table/other", .deadline = deadline});
        first.request.origin.unit = second.request.origin.unit = units.back();
        boost::asio::co_spawn(kit_->loop(), work(kit_->service(), first, second, status),
                              boost::asio::detached);
    }
    while (std::ranges::find(statuses, 0) != statuses.end()) {
        kit_->loop().restart();
        kit_->loop().run_one();
    }
    EXPECT_THAT(statuses, ::testing::Each(200));
}

TEST_P(SharedWorkSuite, AReadThatLosesTheTransactionEndsIt) {
    if (GetParam() != "mysql") {
        GTEST_SKIP() << "there a read gets no locks that others could wait for";
    }
    kit_.reset();
    kit_ = std::make_unique<ServiceKit>(
        GetParam(), std::string(kDdl) + "INSERT INTO entry VALUES (2, 20);",
        R"("statements":["SET SESSION TRANSACTION ISOLATION LEVEL SERIALIZABLE"])");
    std::array<UnitOfWorkRef, 2> units;
    std::array<Answer, 2> answers;
    std::array<Call, 2> reads;
    for (std::size_t i = 0; i < 2; ++i) {
        begin();
        units.at(i) = unit_;
        const std::string id = std::to_string(i + 1);
        EXPECT_EQ(inside(Verb::Patch, "_table/entry/" + id, R"({"n":5})").status, 200);
        reads.at(i) = call_of({.resource = "_table/entry/" + std::to_string(2 - i)});
        reads.at(i).request.origin.unit = unit_;
    }
    for (std::size_t i = 0; i < 2; ++i) {
        boost::asio::co_spawn(kit_->loop(),
                              answer_call(kit_->service(), reads.at(i), answers.at(i)),
                              boost::asio::detached);
    }
    const auto is_refused = [](const Answer& answer) { return answer.status >= 400; };
    while (std::ranges::none_of(answers, is_refused)) {
        kit_->loop().restart();
        kit_->loop().run_one();
    }
    const std::size_t loser = is_refused(answers[0]) ? 0 : 1;
    unit_ = units.at(loser);
    EXPECT_GE(insert(50, 1).status, 400);
    EXPECT_FALSE(end_unit(true));
    unit_ = units.at(1 - loser);
    while (answers.at(1 - loser).status == 0) {
        kit_->loop().restart();
        kit_->loop().run_one();
    }
    EXPECT_TRUE(end_unit(false));
    EXPECT_EQ(kit_->get("_table/entry/50").status, 404);
    units = {};
}

INSTANTIATE_TEST_SUITE_P(OnEveryDatabase,
                         SharedWorkSuite,
                         ::testing::Values("sqlite", "postgres", "mysql"),
                         [](const auto& info) { return info.param; });

}  // namespace
}  // namespace sluice::services::sql
