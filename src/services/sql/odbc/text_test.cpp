#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "services/sql/odbc/connection_string.h"
#include "services/sql/odbc/placeholders.h"
#include "services/sql/odbc/rows.h"
#include "services/sql/odbc/wide_text.h"

namespace sluice::services::sql {
namespace {

TEST(OdbcText, WideAndBackIsTheSame) {
    for (const std::string_view text : {"", "plain", "äß", "日本語", "😀 behind", "\x7f"}) {
        EXPECT_EQ(narrow_of(wide_of(text)), text);
    }
    EXPECT_EQ(wide_of("😀").size(), 2U);
    EXPECT_TRUE(is_ascii("a~"));
    EXPECT_FALSE(is_ascii("ä"));
}

TEST(OdbcText, WhatIsNoTextIsReplaced) {
    for (const std::string_view broken :
         {"\xff", "\xc3", "\xe2\x82", "\xed\xa0\x80", "\xc0\xaf", "\xf5"}) {
        EXPECT_NE(wide_of(broken).find(u'\xfffd'), std::u16string::npos);
    }
    EXPECT_EQ(narrow_of(std::u16string(1, char16_t{0xD83D})), "\xef\xbf\xbd");
    EXPECT_EQ(narrow_of(std::u16string{char16_t{0xDE00}, u'a'}),
              "\xef\xbf\xbd"
              "a");
}

TEST(OdbcText, MomentsAreTidied) {
    EXPECT_EQ(tidy_moment("2024-01-02 03:04:05.1200000"), "2024-01-02 03:04:05.12");
    EXPECT_EQ(tidy_moment("2024-01-02 03:04:05.0000000 +02:00"), "2024-01-02 03:04:05+02:00");
    EXPECT_EQ(tidy_moment("2024-01-02T03:04:05"), "2024-01-02 03:04:05");
    EXPECT_EQ(tidy_moment("2024-01-02"), "2024-01-02");
    EXPECT_EQ(tidy_moment("08:50:20.500"), "08:50:20.5");
    EXPECT_EQ(tidy_moment("infinity"), "infinity");
    EXPECT_EQ(tidy_moment(""), "");
}

TEST(OdbcText, ValuesCannotLeaveTheirPlaceInTheConnectionString) {
    EXPECT_EQ(odbc_value("a;DRIVER=/tmp/x"), "{a;DRIVER=/tmp/x}");
    EXPECT_EQ(odbc_value("}};PWD=x"), "{}}}};PWD=x}");
    EXPECT_EQ(odbc_value("plain/name.db"), "plain/name.db");
    EXPECT_EQ(odbc_value(" x"), "{ x}");
    OdbcSettings settings;
    settings.driver = "FreeTDS";
    settings.keywords = {{"UID", "me"}, {"PWD", "a}b{c"}};
    EXPECT_EQ(connection_string(settings), "DRIVER={FreeTDS};UID=me;PWD={a}}b{c};");
}

TEST(OdbcText, DriversAreNamesAndNoPaths) {
    for (const char* name :
         {"FreeTDS", "ODBC Driver 18 for SQL Server", "PostgreSQL Unicode(x64)"}) {
        EXPECT_TRUE(is_driver_name(name)) << name;
    }
    for (const char* name :
         {"", "/tmp/evil.so", "a;b", "a}b", "{a}", "a=b", "..\\x", "a\nb", "ODBC"}) {
        EXPECT_FALSE(is_driver_name(name)) << name;
    }
    EXPECT_FALSE(is_driver_name(std::string(101, 'a')));
}

TEST(OdbcText, OptionsNameNoDriverNoFileAndNoPassword) {
    for (const char* keyword : {"BoolsAsChar", "TDS_Version", "OPTION", "Packet Size"}) {
        EXPECT_TRUE(is_free_keyword(keyword)) << keyword;
    }
    for (const char* keyword :
         {"Driver",     "DRIVER",   "dsn",      "FileDSN",   "PWD",   "LoadExt",
          "DumpFile",   "",         " PWD",     "PWD ",      "a=b",   "a;b",
          "PLUGIN_DIR", "SaveFile", "Database", "TraceFile", "TRACE", "CommLog",
          "Debug",      "Logdir",   "pqopt",    "A6"}) {
        EXPECT_FALSE(is_free_keyword(keyword)) << keyword;
    }
}

std::string marked(const std::string& text,
                   std::vector<Value> values,
                   Placeholders how,
                   bool has_brackets = false,
                   std::size_t most = kMostValues) {
    const auto made = with_marks({text, std::move(values)}, how, has_brackets, most);
    if (!made) {
        return made.error().message() + made.error().detail();
    }
    std::string out = made->text + " <-";
    for (const Value& value : made->values) {
        out += " " + text_of(value);
    }
    return out;
}

TEST(OdbcText, NumbersBecomeMarksInTheOrderOfUse) {
    const std::vector<Value> values{Value(std::string("a")), Value(std::int64_t{2})};
    EXPECT_EQ(marked("x = $2::bigint AND y = $1::text OR z = $1", values, Placeholders::Numbered),
              "x = ?::bigint AND y = ?::text OR z = ? <- 2 a a");
    EXPECT_EQ(marked("'$1' \"$2\" -- $1\n /* $2 */ $2 a$b", values, Placeholders::Numbered),
              "'$1' \"$2\" -- $1\n /* $2 */ ? a$b <- 2");
    EXPECT_EQ(marked("$3", values, Placeholders::Numbered),
              "The database refused the statement.values and placeholders do not fit");
}

TEST(OdbcText, NumberedMarksBecomeMarks) {
    const std::vector<Value> values{Value(std::string("a")), Value(std::int64_t{2})};
    EXPECT_EQ(marked("?2, ?1, ?2", values, Placeholders::Marks), "?, ?, ? <- 2 a 2");
}

TEST(OdbcText, NullsAreWrittenOut) {
    const std::vector<Value> values{Value(Null{}), Value(std::string("a"))};
    EXPECT_EQ(marked("(?, ?)", values, Placeholders::Marks), "(NULL, ?) <- a");
    EXPECT_EQ(marked("[a?b] = ? AND '?' = ?", values, Placeholders::Marks, true),
              "[a?b] = NULL AND '?' = ? <- a");
    EXPECT_EQ(marked("?", values, Placeholders::Marks),
              "The database refused the statement.values and placeholders do not fit");
}

TEST(OdbcText, IntegersAreWrittenOutWhereThereAreTooManyValues) {
    const std::vector<Value> values{Value(std::int64_t{-1}), Value(std::string("a")),
                                    Value(std::int64_t{3})};
    EXPECT_EQ(marked("?, ?, ?", values, Placeholders::Marks, false, 3), "?, ?, ? <- -1 a 3");
    EXPECT_EQ(marked("?, ?, ?", values, Placeholders::Marks, false, 2), "-1, ?, 3 <- a");
    EXPECT_EQ(marked("?, ?, ?", values, Placeholders::Marks, false, 0),
              "The request has more values than the database takes.");
}

}  // namespace
}  // namespace sluice::services::sql
