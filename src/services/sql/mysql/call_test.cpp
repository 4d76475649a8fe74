#include <gtest/gtest.h>

#include "services/sql/mysql/driver_suite.h"
#include "services/sql/routines/results.h"

namespace sluice::services::sql {
namespace {

class MysqlCalls : public MysqlDriver {
protected:
    struct Called {
        Status status;
        std::vector<RoutineResult> results;
    };
    Called call(const std::string& sql,
                std::vector<Value> values = {},
                std::size_t most_bytes = 1'000'000) {
        const RoutineCall calling{{sql, std::move(values)}};
        const CallOptions options;
        RoutineResults results(RoutineResults::Rows::Records, options, most_bytes);
        Status status = run(database_->call(calling, results, Deadline()));
        return {std::move(status), results.take()};
    }
    std::int64_t connection() { return integer_of(value_of("SELECT CONNECTION_ID()")); }
};

TEST_F(MysqlCalls, TakeEveryResult) {
    execute_mysql(
        "CREATE PROCEDURE p(INOUT n INTEGER, OUT word VARCHAR(10)) BEGIN SELECT 1 AS a; "
        "INSERT INTO t (n) VALUES (n); SELECT 2 AS b UNION SELECT 3; SELECT n FROM t "
        "WHERE id < 0; SET n = n + 1, word = 'x'; END",
        name_);
    const Called called = call("CALL p(?, ?)", {Value(std::int64_t{4}), Value(Null{})});
    ASSERT_TRUE(called.status) << called.status.error().detail();
    ASSERT_EQ(called.results.size(), 4);
    EXPECT_EQ(called.results[0].rows, R"({"a":1})");
    EXPECT_EQ(called.results[1].rows, R"({"b":2},{"b":3})");
    EXPECT_EQ(called.results[2].rows, "");
    EXPECT_EQ(called.results[3].rows, R"({"n":5,"word":"x"})");
    EXPECT_EQ(count(), 1);
}

TEST_F(MysqlCalls, LeaveTheConnectionAsNew) {
    open(settings(), 1);
    execute_mysql(
        "CREATE PROCEDURE p() BEGIN CREATE TEMPORARY TABLE left_over (n INTEGER); "
        "SET @left = 1; SET SESSION sql_mode = ''; START TRANSACTION; "
        "INSERT INTO t (n) VALUES (1); END",
        name_);
    const std::int64_t before = connection();
    const std::string mode = text_of(value_of("SELECT @@SESSION.sql_mode"));
    for (int i = 0; i < 3; ++i) {
        const Called called = call("CALL p()");
        ASSERT_TRUE(called.status) << called.status.error().detail();
        EXPECT_TRUE(called.results.empty());
        EXPECT_TRUE(is_null(value_of("SELECT @left")));
        EXPECT_EQ(text_of(value_of("SELECT @@SESSION.sql_mode")), mode);
        EXPECT_EQ(count(), 0);
    }
    EXPECT_EQ(connection(), before);
}

TEST_F(MysqlCalls, FailInTheMiddleAndLeaveTheConnectionAsNew) {
    open(settings(), 1);
    execute_mysql(
        "CREATE PROCEDURE p() BEGIN START TRANSACTION; INSERT INTO t (n) VALUES (1); "
        "SELECT 1 AS a; SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'no'; END",
        name_);
    const std::int64_t before = connection();
    const Called called = call("CALL p()");
    ASSERT_FALSE(called.status);
    EXPECT_EQ(called.status.error().message(), "no");
    EXPECT_EQ(count(), 0);
    EXPECT_EQ(connection(), before);
}

TEST_F(MysqlCalls, StopWhenTheyGiveTooMuch) {
    execute_mysql("CREATE PROCEDURE p() BEGIN WHILE TRUE DO SELECT 1 AS a; END WHILE; END", name_);
    const Called endless = call("CALL p()");
    ASSERT_FALSE(endless.status);
    EXPECT_EQ(endless.status.error().status(), 400);
    const Called large = call("SELECT REPEAT('x', 5000) AS a", {}, 1000);
    ASSERT_FALSE(large.status);
    EXPECT_EQ(large.status.error().status(), 400);
    EXPECT_TRUE(call("SELECT 1 AS a").status);
}

}  // namespace
}  // namespace sluice::services::sql
