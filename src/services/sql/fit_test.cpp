#include "services/sql/fit.h"

#include <gtest/gtest.h>

#include "services/sql/dialects/sqlite.h"
#include "services/sql/statement.h"

namespace sluice::services::sql {
namespace {

Column declared(std::string_view type) {
    Column column;
    column.name = "x";
    read_sqlite_type(type, column);
    return column;
}

std::string shown(const Result<Value>& value) {
    return value ? text_of(*value) : value.error().message();
}

std::string kept(std::string_view type, Value value, OtherDates dates = OtherDates::Refused) {
    return shown(fitted(declared(type), std::move(value), dates));
}

TEST(Fitted, DatesAndTimes) {
    const std::string day = "Field 'x' must be a valid date, such as 2026-11-21.";
    EXPECT_EQ(kept("DATE", std::string("2026-11-21")), "2026-11-21");
    EXPECT_EQ(kept("DATE", std::string("2026-11-21T08:50:00Z")), "2026-11-21");
    EXPECT_EQ(kept("DATE", std::string("banana")), day);
    EXPECT_EQ(kept("DATE", std::string("2026-02-30")), day);
    EXPECT_EQ(kept("DATETIME", std::string(" 2026-11-21T08:50Z ")), "2026-11-21 08:50:00");
    EXPECT_EQ(kept("DATETIME", std::string("1700000000")),
              "Field 'x' must be a valid date and time, such as 2026-11-21 08:50:20.");
    EXPECT_EQ(kept("TIME", std::string("8 o'clock")),
              "Field 'x' must be a valid time, such as 08:50:20.");
}

TEST(Fitted, ADatabaseThatJudgesDatesGetsOtherSpellings) {
    const auto judged = [](std::string text) {
        return kept("DATE", std::move(text), OtherDates::Judged);
    };
    EXPECT_EQ(judged("Nov 21 2026"), "Nov 21 2026");
    EXPECT_EQ(judged("today"), "today");
    EXPECT_EQ(judged("2026-11-21 08:50"), "2026-11-21");
    EXPECT_EQ(judged("banana"), "Field 'x' must be a valid date, such as 2026-11-21.");
    EXPECT_EQ(judged("2026-02-30"), "Field 'x' must be a valid date, such as 2026-11-21.");
}

TEST(Fitted, TextsByTheirCharacters) {
    EXPECT_EQ(kept("VARCHAR(3)", std::string("abc")), "abc");
    EXPECT_EQ(kept("VARCHAR(3)", std::string("äöü")), "äöü");
    EXPECT_EQ(kept("VARCHAR(3)", std::string("abcd")), "Field 'x' must have at most 3 characters.");
    EXPECT_EQ(kept("TEXT", std::string(5000, 'a')).size(), 5000U);
}

TEST(Fitted, Integers) {
    EXPECT_EQ(kept("SMALLINT", std::int64_t{32767}), "32767");
    EXPECT_EQ(kept("SMALLINT", std::int64_t{32768}),
              "Field 'x' must be an integer from -32768 to 32767.");
    EXPECT_EQ(kept("TINYINT", std::int64_t{300}), "Field 'x' must be an integer from -128 to 255.");
    EXPECT_EQ(kept("INTEGER", INT64_MIN), "-9223372036854775808");
}

TEST(Fitted, Numbers) {
    EXPECT_EQ(kept("DOUBLE", Number{"1e308"}), "1e308");
    EXPECT_EQ(kept("DOUBLE", Number{"1e400"}),
              "Field 'x' must be a number that the database can hold.");
    EXPECT_EQ(kept("DECIMAL", std::string("1e400")),
              "Field 'x' must be a number that the database can hold.");
}

TEST(Fitted, DecimalsAreRoundedToTheirScale) {
    EXPECT_EQ(kept("DECIMAL(5,2)", std::string("1.5")), "1.5");
    EXPECT_EQ(kept("DECIMAL(5,2)", std::string("1.005")), "1.01");
    EXPECT_EQ(kept("DECIMAL(5,2)", std::string("-1.004")), "-1.00");
    EXPECT_EQ(kept("DECIMAL(5,2)", std::string("-0.999")), "-1.00");
    EXPECT_EQ(kept("DECIMAL(5,2)", std::string(".994")), "0.99");
    EXPECT_EQ(kept("DECIMAL(5,2)", std::string("12345e-3")), "12.35");
    EXPECT_EQ(kept("DECIMAL(5,2)", std::string("1e2")), "1e2");
    EXPECT_EQ(kept("DECIMAL(5,2)", std::string("000999.99")), "000999.99");
    EXPECT_EQ(kept("DECIMAL(2,2)", std::string("0.125")), "0.13");
    EXPECT_EQ(kept("DECIMAL(5,0)", std::string("1.5")), "2");
    // Without a scale nobody has said where to round.
    EXPECT_EQ(kept("DECIMAL(5)", std::string("1.55")), "1.55");
    EXPECT_EQ(kept("DECIMAL(5,2)", std::string("1.005"), OtherDates::Judged), "1.005");
}

TEST(Fitted, DecimalsThatAreTooLong) {
    const std::string three = "Field 'x' must have at most 3 digits before the decimal point.";
    EXPECT_EQ(kept("DECIMAL(5,2)", std::string("1000")), three);
    EXPECT_EQ(kept("DECIMAL(5,2)", std::string("999.995")), three);
    EXPECT_EQ(kept("DECIMAL(5,2)", std::string("1e3")), three);
    EXPECT_EQ(kept("DECIMAL(5,2)", std::string("1e999999999999")), three);
    EXPECT_EQ(kept("DECIMAL(5,2)", std::string("1e-999999999999")), three);
}

TEST(Fitted, Uuids) {
    const std::string uuid = "6ba7b810-9dad-11d1-80b4-00c04fd430c8";
    EXPECT_EQ(kept("UUID", uuid), uuid);
    EXPECT_EQ(kept("UUID", "{" + uuid + "}"), uuid);
    EXPECT_EQ(kept("UUID", std::string("6BA7B8109DAD11D180B400C04FD430C8")), uuid);
    for (const char* text :
         {"", "x", "6ba7b810-9dad-11d1-80b4-00c04fd430c", "6ba7b81-09dad-11d1"}) {
        EXPECT_EQ(kept("UUID", std::string(text)), "Field 'x' must be a UUID.") << text;
    }
}

TEST(Fitted, NothingAndBytesAlwaysFit) {
    EXPECT_EQ(kept("DATE", Null{}), "");
    EXPECT_EQ(kept("VARCHAR(1)", Bytes{"abc"}), "abc");
    EXPECT_EQ(kept("DATE", Constant{"CURRENT_DATE"}), "CURRENT_DATE");
}

TEST(Fitted, LeavesOffsetsToTheColumnThatKeepsThem) {
    Column column;
    column.name = "at";
    column.kind = Kind::DateTime;
    const Value moment = std::string("2026-01-01T00:30:00+02:00");
    EXPECT_EQ(shown(fitted(column, moment, OtherDates::Guessed)), "2025-12-31 22:30:00");
    column.keeps_offset = true;
    EXPECT_EQ(shown(fitted(column, moment, OtherDates::Guessed)), "2026-01-01T00:30:00+02:00");
    EXPECT_FALSE(fitted(column, Value(std::string("Nov 21 2026")), OtherDates::Guessed));
}

TEST(Fitted, TakesDurationsWhereTheColumnHoldsThem) {
    Column column;
    column.name = "took";
    column.kind = Kind::Time;
    column.is_duration = true;
    for (const char* text : {"-30:10:00.5", "838:59:59", "08:50", "00:00:00"}) {
        EXPECT_TRUE(fitted(column, Value(std::string(text)), OtherDates::Guessed)) << text;
    }
    for (const char* text : {"8385:00:00", "-1", "10:60", "10:00:61", "10:00x", ":10", "--1:00"}) {
        EXPECT_FALSE(fitted(column, Value(std::string(text)), OtherDates::Guessed)) << text;
    }
    EXPECT_EQ(shown(fitted(column, Value(std::string("08:50+01:00")), OtherDates::Guessed)),
              "08:50:00");
    EXPECT_EQ(shown(comparable(column, Value(std::string("-30:10:00")))), "-30:10:00");
}

}  // namespace
}  // namespace sluice::services::sql
