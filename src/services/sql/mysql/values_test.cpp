#include "services/sql/mysql/values.h"

#include <limits>

#include <mariadb/mysql.h>

#include <gtest/gtest.h>

#include "services/sql/mysql/connect.h"

namespace sluice::services::sql {
namespace {

MYSQL_TIME moment(unsigned year, unsigned month, unsigned day, unsigned hour, unsigned minute) {
    MYSQL_TIME made{};
    made.year = year;
    made.month = month;
    made.day = day;
    made.hour = hour;
    made.minute = minute;
    made.second = 6;
    return made;
}

TEST(MomentText, IsIsoWithABlank) {
    MYSQL_TIME at = moment(2026, 1, 2, 3, 4);
    EXPECT_EQ(moment_text(at, MomentForm::Date), "2026-01-02");
    EXPECT_EQ(moment_text(at, MomentForm::DateTime), "2026-01-02 03:04:06");
    at.second_part = 120'000;
    EXPECT_EQ(moment_text(at, MomentForm::DateTime), "2026-01-02 03:04:06.12");
    at.second_part = 1;
    EXPECT_EQ(moment_text(at, MomentForm::DateTime), "2026-01-02 03:04:06.000001");
    EXPECT_EQ(moment_text(moment(7, 1, 2, 3, 4), MomentForm::Date), "0007-01-02");
}

TEST(MomentText, WritesLongAndNegativeTimes) {
    MYSQL_TIME time = moment(0, 0, 0, 838, 59);
    EXPECT_EQ(moment_text(time, MomentForm::Time), "838:59:06");
    time.neg = 1;
    EXPECT_EQ(moment_text(time, MomentForm::Time), "-838:59:06");
    EXPECT_EQ(moment_text(moment(0, 0, 2, 1, 0), MomentForm::Time), "49:00:06");
    EXPECT_EQ(moment_text(moment(0, 0, 0, 1, 0), MomentForm::Time), "01:00:06");
}

TEST(MysqlParameters, BindEachValueAsWhatItIs) {
    const std::vector<Value> values{
        Value(Null{}),           Value(true),
        Value(std::int64_t{-5}), Value(Number{"12345678901234567890.5"}),
        Value(Number{"1e300"}),  Value(std::string("a\0b", 3)),
        Value(Bytes{"\xFF"})};
    MysqlParameters parameters(values);
    ASSERT_EQ(parameters.size(), 7U);
    const MYSQL_BIND* binds = parameters.binds();
    EXPECT_EQ(binds[0].buffer_type, MYSQL_TYPE_NULL);
    EXPECT_EQ(binds[1].buffer_type, MYSQL_TYPE_LONGLONG);
    EXPECT_EQ(*static_cast<const std::int64_t*>(binds[2].buffer), -5);
    EXPECT_EQ(binds[3].buffer_type, MYSQL_TYPE_NEWDECIMAL);
    EXPECT_EQ(binds[4].buffer_type, MYSQL_TYPE_DOUBLE);
    EXPECT_EQ(*static_cast<const double*>(binds[4].buffer), 1e300);
    EXPECT_EQ(binds[5].buffer_type, MYSQL_TYPE_STRING);
    EXPECT_EQ(*binds[5].length, 3U);
    EXPECT_EQ(binds[6].buffer_type, MYSQL_TYPE_BLOB);
}

TEST(SessionMode, KeepsTheServersOwnAndAddsWhatStatementsRelyOn) {
    const std::string mode = session_mode("strict_trans_tables, TIME_TRUNCATE_FRACTIONAL", true);
    EXPECT_TRUE(mode.starts_with("TIME_TRUNCATE_FRACTIONAL,NO_BACKSLASH_ESCAPES,")) << mode;
    EXPECT_NE(mode.find("NO_AUTO_VALUE_ON_ZERO"), std::string::npos);
    EXPECT_TRUE(mode.ends_with(",STRICT_TRANS_TABLES,STRICT_ALL_TABLES")) << mode;
}

TEST(SessionMode, DropsWhatChangesTheMeaningOfOurWords) {
    const std::string mode = session_mode("ANSI,ANSI_QUOTES,PIPES_AS_CONCAT,ORACLE", false);
    EXPECT_EQ(mode.find("ANSI"), std::string::npos) << mode;
    EXPECT_EQ(mode.find("ORACLE"), std::string::npos) << mode;
    EXPECT_EQ(mode.find("STRICT"), std::string::npos) << mode;
    EXPECT_NE(mode.find("PIPES_AS_CONCAT"), std::string::npos);
}

}  // namespace
}  // namespace sluice::services::sql
