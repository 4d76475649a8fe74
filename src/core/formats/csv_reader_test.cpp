#include "core/formats/csv_reader.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace sluice {
namespace {

using testing::HasSubstr;

std::string message_of(std::string_view csv) {
    const auto json = json_of_csv(csv);
    return json ? "" : json.error().message();
}

TEST(JsonOfCsv, HeaderAndRowsAreRecords) {
    EXPECT_EQ(*json_of_csv("id,name\n1,Ada\n2,Grace\n"),
              R"({"resource":[{"id":"1","name":"Ada"},{"id":"2","name":"Grace"}]})");
}

TEST(JsonOfCsv, NumbersStayTheTextTheyAre) {
    EXPECT_EQ(*json_of_csv("a,b\n007,12345678901234567890.10"),
              R"({"resource":[{"a":"007","b":"12345678901234567890.10"}]})");
}

TEST(JsonOfCsv, NothingIsNullAndQuotesAreText) {
    EXPECT_EQ(*json_of_csv("a,b,c\n,\"\", \n"), R"({"resource":[{"a":null,"b":"","c":" "}]})");
}

TEST(JsonOfCsv, QuotedValuesHoldAnything) {
    EXPECT_EQ(*json_of_csv("a,b\n\"x,\"\"y\"\"\",\"one\r\ntwo\"\n"),
              R"({"resource":[{"a":"x,\"y\"","b":"one\r\ntwo"}]})");
}

TEST(JsonOfCsv, LinesEndInEveryWay) {
    for (const char* csv : {"a,b\n1,2\n3,4", "a,b\r\n1,2\r\n3,4\r\n", "a,b\r1,2\r3,4\r",
                            "\n\na,b\n\n1,2\n\r\n3,4\n\n\n",
                            "\xEF\xBB\xBF"
                            "a,b\n1,2\n3,4"}) {
        EXPECT_EQ(*json_of_csv(csv), R"({"resource":[{"a":"1","b":"2"},{"a":"3","b":"4"}]})")
            << csv;
    }
}

TEST(JsonOfCsv, HeaderAloneIsAnEmptyList) {
    EXPECT_EQ(*json_of_csv("a,b\n"), R"({"resource":[]})");
}

TEST(JsonOfCsv, NamesAreTrimmedAndEscaped) {
    EXPECT_EQ(*json_of_csv(" a ,\"b\"\"\"\n1,2"), R"({"resource":[{"a":"1","b\"":"2"}]})");
}

TEST(JsonOfCsv, ValuesLeftOutAtTheEndAreNull) {
    EXPECT_EQ(*json_of_csv("a,b,c\n1\n"), R"({"resource":[{"a":"1","b":null,"c":null}]})");
    EXPECT_EQ(*json_of_csv("a,,\n1,,\n"), R"({"resource":[{"a":"1"}]})");
}

TEST(JsonOfCsv, FaultsNameTheirLine) {
    EXPECT_EQ(message_of("a,b\n1,2\n1,2,3\n"),
              "Line 3 of the CSV: there are 3 values, and the header has 2.");
    EXPECT_EQ(message_of("a,b\n\"x\ny\",2\nz\"z,1\n"),
              "Line 4 of the CSV: a value with a quote in it must stand in quotes.");
    EXPECT_EQ(message_of("a,b\n\"x\"y,2\n"),
              "Line 2 of the CSV: a comma or the end of the line must follow a quoted value.");
    EXPECT_EQ(message_of("a,b\n1,2\n\"x\n\n"), "Line 3 of the CSV: a quoted value does not end.");
}

TEST(JsonOfCsv, HeaderMustNameEachColumnOnce) {
    EXPECT_EQ(message_of("a,b,a\n"), "Field 'a' is given twice.");
    EXPECT_EQ(message_of("a,,b\n"), "Column 2 of the CSV has no name in the header.");
    EXPECT_EQ(message_of("\n \n"), "Column 1 of the CSV has no name in the header.");
    EXPECT_EQ(message_of("\n\n"), "Line 1 of the CSV: there is no header row.");
}

TEST(JsonOfCsv, RefusesOtherEncodings) {
    EXPECT_EQ(message_of("a,b\n\xE9,1\n"), "The CSV is not UTF-8.");
}

TEST(JsonOfCsv, IsBounded) {
    EXPECT_THAT(message_of(std::string(2'000, ',') + "\n"), HasSubstr("at most 2000 fields"));
    const std::string row = std::string(1'999, ',') + "x\n";
    std::string header;
    for (int i = 0; i < 2'000; ++i) {
        header += (i == 0 ? "" : ",") + std::to_string(i);
    }
    std::string csv = header + "\n";
    for (int i = 0; i < 5'100; ++i) {
        csv += row;
    }
    EXPECT_THAT(message_of(csv), HasSubstr("at most 10000000 values"));
    csv = std::string(1'000'000, 'n') + "\n";
    for (int i = 0; i < 300; ++i) {
        csv += "1\n";
    }
    EXPECT_EQ(json_of_csv(csv).error().kind(), ErrorKind::PayloadTooLarge);
}

TEST(LooksLikeCsv, WantsTwoNamesAndARow) {
    for (const char* yes : {"a,b\n1,2", "id,name,note\r\n1,x,y\r\n", "\"a\",\"b\"\n1,2"}) {
        EXPECT_TRUE(looks_like_csv(yes)) << yes;
    }
    for (const char* no : {"", "text", "a,b", "a,b\n\n", "hello\nworld", "a,a\n1,2", "a,,b\n1,2,3",
                           "He said \"x\", y\nz", "\x89PNG,\n\x1A"}) {
        EXPECT_FALSE(looks_like_csv(no)) << no;
    }
}

}  // namespace
}  // namespace sluice
