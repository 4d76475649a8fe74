#include "services/sql/odbc/cursor.h"

#include <gmock/gmock.h>

#include "services/sql/odbc/driver_suite.h"

namespace sluice::services::sql {
namespace {

using ::testing::HasSubstr;

class OdbcCursorTest : public OdbcDriver {
protected:
    static constexpr const char* kFive = "SELECT n FROM t ORDER BY n";

    void SetUp() override {
        OdbcDriver::SetUp();
        if (!IsSkipped()) {
            execute("INSERT INTO t (n) VALUES (1), (2), (3), (4), (5)");
        }
    }
    Result<CursorRef> open_cursor(const std::string& sql = kFive,
                                  Deadline deadline = Deadline::after(seconds(20))) {
        return run(database_->open_cursor({sql, {}}, deadline));
    }
    Result<bool> fetch(Cursor& cursor,
                       RowSink& sink,
                       std::size_t most,
                       Deadline deadline = Deadline::after(seconds(20))) {
        return run(cursor.fetch(sink, most, deadline));
    }
    RowShape shape_{nullptr, {{",\"n\":", Kind::Integer}}, {}};
};

TEST_F(OdbcCursorTest, FetchesAFewRowsAtATime) {
    auto cursor = open_cursor();
    ASSERT_TRUE(cursor && *cursor);
    RowList rows;
    for (const std::size_t expected : {2UL, 4UL}) {
        const auto has_more = fetch(**cursor, rows, 2);
        ASSERT_TRUE(has_more);
        EXPECT_TRUE(*has_more);
        EXPECT_EQ(rows.rows().size(), expected);
    }
    const auto has_more = fetch(**cursor, rows, 2);
    ASSERT_TRUE(has_more);
    EXPECT_FALSE(*has_more);
    ASSERT_EQ(rows.rows().size(), 5U);
    EXPECT_EQ(integer_of(rows.rows()[4][0]), 5);
}

TEST_F(OdbcCursorTest, PausesWhereTheSinkHasEnough) {
    auto cursor = open_cursor();
    ASSERT_TRUE(cursor && *cursor);
    JsonRows rows(shape_);
    rows.set_enough(1);
    ASSERT_TRUE(fetch(**cursor, rows, 100).value_or(false));
    EXPECT_EQ(rows.text(), R"({"n":1})");
}

TEST_F(OdbcCursorTest, BindsItsValues) {
    auto cursor = run(database_->open_cursor(
        {"SELECT n FROM t WHERE n > ? AND ? = 'a'", {Value(std::int64_t{3}), Value("a")}},
        Deadline::after(seconds(20))));
    ASSERT_TRUE(cursor && *cursor);
    RowList rows;
    ASSERT_TRUE(fetch(**cursor, rows, 1).value_or(false));
    ASSERT_FALSE(fetch(**cursor, rows, 5).value_or(true));
    EXPECT_EQ(rows.rows().size(), 2U);
}

TEST_F(OdbcCursorTest, LeavesConnectionsToOthers) {
    open(settings(), 2);
    auto cursor = open_cursor();
    ASSERT_TRUE(cursor && *cursor);
    RowList rows;
    ASSERT_TRUE(fetch(**cursor, rows, 1));
    EXPECT_EQ(count(), 5);
    const auto another = open_cursor(kFive, Deadline::after(milliseconds(50)));
    ASSERT_FALSE(another);
    EXPECT_THAT(another.error().message(), HasSubstr("Too many long lists"));
    cursor->reset();
    auto again = open_cursor();
    ASSERT_TRUE(again && *again);
    EXPECT_FALSE(fetch(**again, rows, 10).value_or(true));
}

TEST_F(OdbcCursorTest, StopsAtTheDeadline) {
    auto cursor = open_cursor(kSlow);
    ASSERT_TRUE(cursor && *cursor);
    RowList rows;
    const auto late = fetch(**cursor, rows, 1, Deadline::after(milliseconds(200)));
    ASSERT_FALSE(late);
    EXPECT_EQ(late.error().kind(), ErrorKind::UpstreamTimeout);
    cursor->reset();
    EXPECT_EQ(count(), 5);
}

TEST_F(OdbcCursorTest, TellsWhatTheDatabaseSays) {
    auto cursor = open_cursor("SELECT n FROM nowhere");
    ASSERT_TRUE(cursor && *cursor);
    RowList rows;
    EXPECT_FALSE(fetch(**cursor, rows, 1));
    cursor->reset();
    EXPECT_EQ(count(), 5);
}

TEST_F(OdbcCursorTest, IsNoneWhereTheDriverHoldsItAll) {
    OdbcSettings whole = settings();
    whole.cursors = OdbcCursors::None;
    open(whole);
    const auto none = open_cursor();
    ASSERT_TRUE(none);
    EXPECT_EQ(*none, nullptr);
    open(settings(), 1);
    const auto only_one = open_cursor();
    ASSERT_TRUE(only_one);
    EXPECT_EQ(*only_one, nullptr);
}

}  // namespace
}  // namespace sluice::services::sql
