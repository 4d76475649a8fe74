// Calls that share a transaction, on every database.
#include "services/sql/shared_work.h"

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

Task<void> end(UnitOfWork::Part& part, bool commits, Status& status) {
    if (commits) {
        status = co_await part.commit(Deadline::after(std::chrono::seconds(10)));
    } else {
        status = co_await part.rollback();
    }
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
    void begin() { unit_ = std::make_shared<UnitOfWork>(call_of({}).target.service); }

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
        kit_->run(end(*unit_->part(), commits, status));
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

TEST_P(SharedWorkSuite, OutlivesTheServiceThatItBeganWith) {
    EXPECT_EQ(insert(2, 20).status, 200);
    auto again = kit_->make_again(kit_->loop());
    ASSERT_TRUE(again);
    EXPECT_TRUE(end_unit(true));
    EXPECT_EQ(count(), "2");
}

TEST_P(SharedWorkSuite, OfAnotherServiceIsNoneOfOurs) {
    unit_ = std::make_shared<UnitOfWork>("another");
    EXPECT_EQ(insert(2, 20).status, 200);
    EXPECT_EQ(unit_->part(), nullptr);
    EXPECT_EQ(count(), "2");
}

INSTANTIATE_TEST_SUITE_P(OnEveryDatabase,
                         SharedWorkSuite,
                         ::testing::Values("sqlite", "postgres", "mysql"),
                         [](const auto& info) { return info.param; });

}  // namespace
}  // namespace sluice::services::sql
