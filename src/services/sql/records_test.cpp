#include "services/sql/records.h"

#include <ctime>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "services/sql/record_reader.h"

namespace sluice::services::sql {
namespace {

using ::testing::HasSubstr;

std::string shown(const Record& record) {
    static constexpr std::string_view kForms[] = {"null", "true", "false", "#", "'", "j"};
    std::string out;
    for (const auto& [key, input] : record) {
        out += key + ":" + std::string(kForms[static_cast<std::size_t>(input.form)]) + input.text +
               " ";
    }
    return out;
}

std::string message_of(std::string_view text) {
    const auto body = read_body(text);
    return body ? "fine" : body.error().message();
}

TEST(ReadBody, KeepsTheTextOfNumbersAndNestedValues) {
    const auto body = read_body(
        R"({"resource":[{"a":12345678901234567890.10,"b":-0,"c":1e5,"d":{"x":[1, 2.50]},"e":"\u00e9\ud83d\ude00\n",)"
        R"("f":true,"g":false,"h":null}]})");
    ASSERT_TRUE(body);
    ASSERT_EQ(body->records.size(), 1U);
    EXPECT_EQ(shown(body->records[0]),
              "a:#12345678901234567890.10 b:#-0 c:#1e5 d:j{\"x\":[1, 2.50]} "
              "e:'\xC3\xA9\xF0\x9F\x98\x80\n f:true g:false h:null ");
}

TEST(ReadBody, TellsListsFromSingleRecords) {
    EXPECT_EQ(read_body("")->form, Body::Form::Empty);
    EXPECT_EQ(read_body("  \n")->form, Body::Form::Empty);
    EXPECT_EQ(read_body("[]")->form, Body::Form::List);
    EXPECT_EQ(read_body(R"({"a":1})")->form, Body::Form::Single);
    const auto wrapped = read_body(R"({"ids":[1,2],"resource":{"a":1},"filter":"x = 1"})");
    EXPECT_EQ(wrapped->form, Body::Form::List);
    EXPECT_EQ(wrapped->records.size(), 1U);
    EXPECT_EQ(*wrapped->find("ids"), "[1,2]");
    EXPECT_EQ(*wrapped->find("filter"), "\"x = 1\"");
    const auto column = read_body(R"({"resource":"a column of this name"})");
    EXPECT_EQ(column->form, Body::Form::Single);
    EXPECT_NE(column->records[0].find("resource"), nullptr);
}

TEST(ReadBody, SaysWhereJsonIsWrong) {
    EXPECT_THAT(message_of(R"([{"a":1})"), HasSubstr("at byte 8: expected ',' or ']'"));
    EXPECT_THAT(message_of(R"([{"a":1]})"), HasSubstr("at byte 7: expected ',' or '}'"));
    EXPECT_THAT(message_of(R"([{a:1}])"), HasSubstr("a key in quotes"));
    EXPECT_THAT(message_of(R"([{"a":01}])"), HasSubstr("at byte 7"));
    EXPECT_THAT(message_of(R"([{"a":1.}])"), HasSubstr("expected a value"));
    EXPECT_THAT(message_of(R"([{"a":nul}])"), HasSubstr("expected a value"));
    EXPECT_THAT(message_of(R"([{"a":1},])"), HasSubstr("not an object"));
    EXPECT_THAT(message_of(R"([{"a":1}] x)"), HasSubstr("nothing more"));
    EXPECT_THAT(message_of("[{\"a\":\"\x01\"}]"), HasSubstr("no control character"));
    EXPECT_THAT(message_of("[{\"a\":\"\xC3\"}]"), HasSubstr("valid UTF-8"));
    EXPECT_THAT(message_of(R"([{"a":"\ud800"}])"), HasSubstr("a whole \\u escape"));
    EXPECT_THAT(message_of(R"([{"a":"\x"}])"), HasSubstr("a known escape"));
    EXPECT_THAT(message_of(R"([{"a":{"b":[1 2]}}])"), HasSubstr("',' or ']'"));
    EXPECT_THAT(message_of("[1]"), HasSubstr("Record 0 of the request is not an object."));
    EXPECT_THAT(message_of("\"text\""), HasSubstr("must be a JSON object or a list"));
    EXPECT_THAT(message_of(std::string(100'000, '[')), HasSubstr("not an object"));
    EXPECT_THAT(message_of("[{\"a\":" + std::string(100'000, '[')),
                HasSubstr("nested deeper than 128 levels"));
}

TEST(ReadBody, BoundsTheFieldsOfARecord) {
    std::string wide = "[{\"a\":1";
    for (int i = 0; i < 3000; ++i) {
        wide += ",\"k" + std::to_string(i) + "\":1";
    }
    EXPECT_THAT(message_of(wide + "}]"), HasSubstr("at most 2000 fields"));
}

TEST(ReadBody, RefusesAKeyThatStandsTwice) {
    EXPECT_EQ(message_of(R"([{"a":1,"b":2,"a":3}])"), "Field 'a' is given twice.");
    EXPECT_EQ(message_of(R"({"a":1,"\u0061":3})"), "Field 'a' is given twice.");
    EXPECT_EQ(message_of(R"({"resource":[],"resource":{}})"), "Field 'resource' is given twice.");
    EXPECT_TRUE(read_body(R"([{"a":1,"A":2}])"));  // may be two columns
}

TEST(Record, KeysOfAWideOneAreUniqueToo) {
    Record record;
    for (int i = 0; i < 100; ++i) {
        EXPECT_TRUE(record.add("k" + std::to_string(i), {}));
    }
    for (const char* again : {"k0", "k31", "k32", "k99"}) {
        EXPECT_FALSE(record.add(again, {})) << again;
    }
    EXPECT_EQ(record.size(), 100);
}

TEST(Record, WideOnesTakeNoLongerThanTheirKeys) {
    std::string body = "[{";
    for (int i = 0; i < 2000; ++i) {
        body += (i == 0 ? "\"" : ",\"") + std::to_string(i) + "\":0";
    }
    const std::string record = body.substr(1) + "}";
    body += "}";
    for (int i = 0; i < 99; ++i) {
        body += "," + record;
    }
    body += "]";
    const auto start = std::clock();
    const auto read = read_body(body);
    const double seconds = static_cast<double>(std::clock() - start) / CLOCKS_PER_SEC;
    ASSERT_TRUE(read);
    EXPECT_EQ(whole(*read)->records.size(), 100U);
    EXPECT_LT(seconds, 4);  // one by one these are 200 million comparisons
}

}  // namespace
}  // namespace sluice::services::sql
