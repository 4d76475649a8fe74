#include "core/formats/csv_writer.h"

#include <gtest/gtest.h>

#include "core/formats/csv_reader.h"

namespace sluice {
namespace {

std::string csv_of(std::string_view json, bool is_error = false, std::size_t step = 1'000) {
    CsvWriter writer(json, is_error);
    while (writer.step(step)) {
    }
    auto csv = writer.take();
    return csv ? *csv : "error: " + csv.error().message();
}

TEST(CsvWriter, RecordsAreRowsUnderTheirKeys) {
    EXPECT_EQ(csv_of(R"({"resource":[{"id":1,"name":"Ada"},{"id":2,"name":"Grace"}]})"),
              "id,name\n1,Ada\n2,Grace\n");
    EXPECT_EQ(csv_of(R"([{"id":1},{"id":2}])"), "id\n1\n2\n");
    EXPECT_EQ(csv_of(R"({"id":1,"name":null})"), "id,name\n1,\n");
}

TEST(CsvWriter, WhatStandsBesideResourceIsLeftOut) {
    EXPECT_EQ(csv_of(R"({"meta":{"count":2},"resource":[{"a":1}],"x":[1]})"), "a\n1\n");
}

TEST(CsvWriter, ErrorsAreARow) {
    const char* error =
        R"({"error":{"code":404,"context":{"a":[1]},"message":"no \"x\"","status_code":404}})";
    EXPECT_EQ(csv_of(error, true),
              "code,context,message,status_code\n404,\"{\"\"a\"\":[1]}\",\"no \"\"x\"\"\",404\n");
    EXPECT_EQ(csv_of(R"({"error":{"a":1}})", false), "error\n\"{\"\"a\"\":1}\"\n");
}

TEST(CsvWriter, NumbersKeepTheirDigits) {
    EXPECT_EQ(csv_of(R"([{"a":12345678901234567890.100,"b":-1e400,"c":true}])"),
              "a,b,c\n12345678901234567890.100,-1e400,true\n");
}

TEST(CsvWriter, NullIsNothingAndEmptyTextIsQuotes) {
    EXPECT_EQ(csv_of(R"([{"a":null,"b":""},{"a":"","b":null}])"), "a,b\n,\"\"\n\"\",\n");
    EXPECT_EQ(csv_of(R"([{"a":null}])"), "a\n\"\"\n");
}

TEST(CsvWriter, QuotesWhatNeedsIt) {
    EXPECT_EQ(csv_of(R"([{"a":"x,y","b\"c":"one\ntwo","d":"\"","e":"=1+1"}])"),
              "a,\"b\"\"c\",d,e\n\"x,y\",\"one\ntwo\",\"\"\"\",=1+1\n");
    EXPECT_EQ(csv_of(R"([{"a":["x",{"b":1}],"c":{}}])"), "a,c\n\"[\"\"x\"\",{\"\"b\"\":1}]\",{}\n");
    EXPECT_EQ(csv_of(R"([{"a":"\u00e9\ud83d\ude00"}])"), "a\né😀\n");
}

TEST(CsvWriter, ValuesGoUnderTheirKeys) {
    EXPECT_EQ(csv_of(R"([{"a":1,"b":2},{"b":3,"a":4},{"b":5},{}])"), "a,b\n1,2\n4,3\n,5\n,\n");
}

TEST(CsvWriter, KeysOfLaterRecordsAddColumns) {
    for (const std::size_t step : {1U, 10U, 1'000U}) {
        EXPECT_EQ(csv_of(R"({"resource":[{"a":1},{"b":2},{"c":3,"a":4}]})", false, step),
                  "a,b,c\n1,,\n,2,\n4,,3\n");
    }
    EXPECT_EQ(csv_of(R"([{},{"b":2}])"), "b\n\"\"\n2\n");
}

TEST(CsvWriter, ValuesThatAreNoRecordsHaveOneColumn) {
    EXPECT_EQ(csv_of(R"({"resource":[1,"a,b",null]})"), "resource\n1\n\"a,b\"\n\"\"\n");
    EXPECT_EQ(csv_of("17"), "17");
    EXPECT_EQ(csv_of(R"("some text")"), "some text");
    EXPECT_EQ(csv_of("null"), "");
    EXPECT_EQ(csv_of(R"({"resource":[]})"), "");
    EXPECT_EQ(csv_of("{}"), "");
}

TEST(CsvWriter, IsReadBackAsItWas) {
    const std::string json = R"({"resource":[{"a":"x\"y\r\n,","b":null},{"a":"","b":" "}]})";
    EXPECT_EQ(*json_of_csv(csv_of(json)), json);
    const std::string marked =
        "{\"resource\":[{\"\xEF\xBB\xBF"
        "a\":\"\xEF\xBB\xBF\"}]}";
    EXPECT_EQ(*json_of_csv(csv_of(marked)), marked);
}

TEST(CsvWriter, DoesNotGrowWithoutEnd) {
    std::string json = "[{";
    for (int i = 0; i < 2'000; ++i) {
        json += (i == 0 ? "\"" : ",\"") + std::to_string(i) + "\":1";
    }
    json += "}";
    for (int i = 0; i < 20'000; ++i) {
        json += ",{}";
    }
    EXPECT_EQ(csv_of(json + "]"), "error: The answer cannot be put into CSV.");
    std::string wide = "[{\"x\":1";
    for (int i = 0; i < 2'000; ++i) {
        wide += "},{\"" + std::to_string(i) + "\":1";
    }
    EXPECT_EQ(csv_of(wide + "}]"), "error: The answer cannot be put into CSV.");
}

TEST(CsvWriter, WhatIsNoJsonIsAnError) {
    EXPECT_EQ(csv_of(R"([{"a":1},)"), "error: The answer cannot be put into CSV.");
}

TEST(CsvWriter, GoesOnUnderAHeader) {
    CsvWriter first(R"([{"a":1,"b":"x"}])", false);
    while (first.step(1'000)) {
    }
    EXPECT_EQ(first.header(), (std::vector<std::string>{"a", "b"}));
    CsvWriter more(R"([{"a":2,"b":"]"},{"b":"y","a":3}],"meta":{"count":3}}])", first.header());
    while (more.step(10)) {
    }
    EXPECT_EQ(more.take().value_or("failed"), "2,]\n3,y\n");
}

TEST(CsvWriter, ARecordThatDoesNotFitTheHeaderIsAFault) {
    CsvWriter more(R"([{"a":2},{"c":3}])", std::vector<std::string>{"a"});
    while (more.step(10)) {
    }
    EXPECT_FALSE(more.take());
}

}  // namespace
}  // namespace sluice
