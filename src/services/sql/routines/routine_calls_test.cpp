#include "services/sql/routines/routine_calls.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "services/sql/dialects/postgres_routines.h"
#include "services/sql/service_kit.h"

namespace sluice::services::sql {
namespace {

using ::testing::HasSubstr;

constexpr auto kPostgres = R"(
CREATE TABLE t (n INTEGER);
CREATE FUNCTION twice(n INTEGER) RETURNS INTEGER LANGUAGE sql AS 'SELECT n * 2';
CREATE FUNCTION slow(n INTEGER) RETURNS INTEGER LANGUAGE plpgsql
    AS $$ BEGIN PERFORM pg_sleep(30); RETURN 1; END $$;
CREATE PROCEDURE bump(INOUT n INTEGER) LANGUAGE plpgsql AS $$ BEGIN n := n + 1; COMMIT; END $$;
)";
constexpr auto kMysql = R"(
CREATE TABLE t (n INTEGER);
CREATE FUNCTION twice(n INTEGER) RETURNS INTEGER DETERMINISTIC RETURN n * 2;
CREATE FUNCTION slow(n INTEGER) RETURNS INTEGER NOT DETERMINISTIC RETURN SLEEP(30);
CREATE PROCEDURE bump(INOUT n INTEGER) SET n = n + 1;
)";

/// The parameter is the name of the backend.
class RoutineSuite : public ::testing::TestWithParam<std::string> {
protected:
    void SetUp() override {
        if (!ServiceKit::has(GetParam())) {
            GTEST_SKIP() << ServiceKit::lacks(GetParam());
        }
        kit_ = std::make_unique<ServiceKit>(
            GetParam(), GetParam() == "postgres" ? kPostgres : kMysql, R"("max_connections":1)");
    }
    std::unique_ptr<ServiceKit> kit_;
};

TEST_P(RoutineSuite, CallsAgainAndAgainOnOneConnection) {
    for (int i = 0; i < 20; ++i) {
        EXPECT_EQ(kit_->get("_func/twice(21)"), (Answer{200, "42"}));
        EXPECT_EQ(kit_->send(Verb::Post, "_proc/bump", R"({"params":[1]})"),
                  (Answer{200, R"({"n":2})"}));
        EXPECT_EQ(kit_->get("_table/t"), (Answer{200, R"({"resource":[]})"}));
    }
}

TEST_P(RoutineSuite, FindsWhatWasMadeJustNow) {
    EXPECT_EQ(kit_->get("_func/later").status, 404);
    kit_->execute(GetParam() == "postgres"
                      ? "CREATE FUNCTION later() RETURNS INTEGER LANGUAGE sql AS 'SELECT 1'"
                      : "CREATE FUNCTION later() RETURNS INTEGER DETERMINISTIC RETURN 1");
    EXPECT_EQ(kit_->get("_func/later"), (Answer{200, "1"}));
}

TEST_P(RoutineSuite, IsStoppedAtTheDeadline) {
    Ask ask{Verb::Get, "_func/slow(1)"};
    ask.deadline = Deadline::after(std::chrono::milliseconds(300));
    EXPECT_EQ(kit_->ask(ask).status, 504);
    EXPECT_EQ(kit_->get("_func/twice(1)"), (Answer{200, "2"}));
}

TEST_P(RoutineSuite, ShowsWhatTheCallerMayCall) {
    Ask ask{Verb::Get, "_func", {{"as_list", "true"}}};
    ask.grant.on = [](const Principal&, std::string_view resource, Verb) {
        Grant grant;
        grant.verbs = resource == "_func/twice" ? VerbSet::of(Verb::Get) : VerbSet();
        return grant;
    };
    EXPECT_EQ(kit_->ask(ask), (Answer{200, R"({"resource":["twice"]})"}));
    ask.resource = "_spec";
    ask.parameters = {};
    const Answer spec = kit_->ask(ask);
    EXPECT_THAT(spec.body, HasSubstr(R"("/_func/twice":{"get":{)"));
    EXPECT_THAT(spec.body, Not(HasSubstr("_func/slow")));
    EXPECT_THAT(spec.body, Not(HasSubstr("_proc/bump")));
}

TEST_P(RoutineSuite, RefusesNamesThatCannotBe) {
    EXPECT_EQ(kit_->get("_func/" + std::string(600, 'x')).status, 404);
    EXPECT_EQ(kit_->get("_func/(1)").status, 404);
    EXPECT_EQ(kit_->get(std::string("_func/twi") + '\0' + "ce(1)").status, 404);
}

INSTANTIATE_TEST_SUITE_P(Routines, RoutineSuite, ::testing::Values("postgres", "mysql"));

TEST(RoutineCalls, OfADatabaseWithoutRoutines) {
    ServiceKit kit("sqlite", "CREATE TABLE t (n INTEGER);");
    const Answer answer = kit.get("_proc");
    EXPECT_EQ(answer.status, 501);
    EXPECT_THAT(answer.body, HasSubstr("no stored procedures or functions"));
    EXPECT_EQ(kit.get("_func/f(1)").status, 501);
    EXPECT_EQ(kit.get("_spec").status, 200);
}

TEST(PostgresArray, IsMadeOfAListOfJson) {
    EXPECT_EQ(postgres_array("[1,null,true]"), "{1,NULL,true}");
    EXPECT_EQ(postgres_array(R"(["a","b\"c\\d","NULL",""])"), R"({"a","b\"c\\d","NULL",""})");
    EXPECT_EQ(postgres_array("[[1,2],[3,4]]"), "{{1,2},{3,4}}");
    EXPECT_EQ(postgres_array(R"([{"a":"x"}])"), R"({"{\"a\":\"x\"}"})");
    EXPECT_EQ(postgres_array("[]"), "{}");
    EXPECT_EQ(postgres_array("{1,2}"), std::nullopt);
    EXPECT_EQ(postgres_array("[1"), std::nullopt);
}

}  // namespace
}  // namespace sluice::services::sql
