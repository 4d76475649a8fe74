#include "services/sql/odbc/call.h"

#include "services/sql/odbc/driver_suite.h"
#include "services/sql/routines/results.h"

namespace sluice::services::sql {
namespace {

class OdbcCalls : public OdbcDriver {
protected:
    struct Called {
        Status status;
        std::vector<RoutineResult> results;
    };
    Called call(const RoutineCall& calling, std::size_t most_bytes = 1'000'000) {
        const CallOptions options;
        RoutineResults results(RoutineResults::Rows::Records, options, most_bytes);
        Status status =
            run(database_->call(calling, results, Deadline::after(std::chrono::seconds(20))));
        return {std::move(status), results.take()};
    }
};

TEST_F(OdbcCalls, TakeTheColumnsAsTheDriverTellsThem) {
    execute("INSERT INTO t (n) VALUES (1)");
    const Called called = call({{"SELECT n AS a, 'x' AS \"b c\" FROM t", {}}});
    ASSERT_TRUE(called.status) << called.status.error().detail();
    ASSERT_EQ(called.results.size(), 1U);
    EXPECT_EQ(called.results[0].rows, R"({"a":1,"b c":"x"})");
}

TEST_F(OdbcCalls, RunWhatStandsBeforeAndAfterInOneSession) {
    RoutineCall calling;
    calling.before = {{"CREATE TEMP TABLE given (n INTEGER)", {}},
                      {"INSERT INTO given VALUES (?)", {Value(std::int64_t{0})}}};
    calling.statement = {"UPDATE given SET n = n + ?", {Value(std::int64_t{1})}};
    calling.after = Statement{"SELECT n FROM given", {}};
    calling.columns = {{"is it", Kind::Boolean}};
    const Called called = call(calling);
    ASSERT_TRUE(called.status) << called.status.error().detail();
    ASSERT_EQ(called.results.size(), 1U);
    EXPECT_EQ(called.results[0].rows, R"({"is it":true})");
}

TEST_F(OdbcCalls, LeaveNothingBehindInTheSession) {
    open(settings(), 1);
    for (int i = 0; i < 3; ++i) {
        ASSERT_TRUE(call({{"CREATE TEMP TABLE left_over (n INTEGER)", {}}}).status);
        ASSERT_TRUE(call({{"BEGIN IMMEDIATE", {}}}).status);
    }
    EXPECT_EQ(integer_of(value_of("SELECT COUNT(*) FROM sqlite_temp_master")), 0);
}

TEST_F(OdbcCalls, StopWhenTheyGiveTooMuch) {
    const Called called = call({{"SELECT ? AS a", {Value(std::string(5000, 'x'))}}}, 1000);
    ASSERT_FALSE(called.status);
    EXPECT_EQ(called.status.error().status(), 400);
    EXPECT_EQ(count(), 0);
}

TEST_F(OdbcCalls, FailInTheWordsOfTheDatabase) {
    RoutineCall calling;
    calling.statement = {"INSERT INTO t (id, n) VALUES (1, 1), (1, 1)", {}};
    calling.after = Statement{"SELECT 1 AS a", {}};
    const Called called = call(calling);
    ASSERT_FALSE(called.status);
    EXPECT_EQ(called.status.error().kind(), ErrorKind::Conflict);
    EXPECT_TRUE(called.results.empty());
}

}  // namespace
}  // namespace sluice::services::sql
