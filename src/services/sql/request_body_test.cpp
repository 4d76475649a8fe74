#include "services/sql/request_body.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "services/sql/record_reader.h"

namespace sluice::services::sql {
namespace {

using testing::HasSubstr;

Result<Body> read(std::string type, std::string content) {
    Request request;
    request.content_type = std::move(type);
    request.content = std::move(content);
    return read_request_body(request);
}

std::string message_of(const char* type, std::string content) {
    const auto body = read(type, std::move(content));
    return body ? "" : body.error().message();
}

TEST(ReadRequestBody, RowsOfCsvAreRecords) {
    const auto body = read("text/csv", "id,name,note\n7,Ada,\n8,\"\",x\n");
    ASSERT_TRUE(body);
    EXPECT_EQ(body->form, Body::Form::List);
    ASSERT_EQ(body->records.size(), 2U);
    EXPECT_EQ(body->records[0].find("id")->form, Input::Form::Text);
    EXPECT_EQ(body->records[0].find("id")->text, "7");
    EXPECT_EQ(body->records[0].find("note")->form, Input::Form::Null);
    EXPECT_EQ(body->records[1].find("NAME")->form, Input::Form::Text);
    EXPECT_EQ(body->records[1].find("NAME")->text, "");
}

TEST(ReadRequestBody, XmlIsAListOrARecord) {
    const auto list = read("application/xml", "<dfapi><resource><id>1</id></resource></dfapi>");
    ASSERT_TRUE(list);
    EXPECT_EQ(list->form, Body::Form::List);
    EXPECT_EQ(list->records.at(0).find("id")->text, "1");
    const auto single = read("text/xml", "<contact><id>1</id></contact>");
    ASSERT_TRUE(single);
    EXPECT_EQ(single->form, Body::Form::Single);
    EXPECT_THAT(message_of("text/xml", "<a>text</a>"), HasSubstr("must be a JSON object"));
}

TEST(ReadRequestBody, JsonIsReadAsBefore) {
    EXPECT_EQ(read("application/json", R"([{"a":1}])")->records.at(0).find("a")->form,
              Input::Form::Number);
    EXPECT_EQ(read("", "")->form, Body::Form::Empty);
    EXPECT_EQ(read("text/csv", "")->form, Body::Form::Empty);
}

TEST(ReadRequestBody, CsvHasPortionsAsJsonHas) {
    std::string csv = "a\n";
    for (std::size_t i = 0; i < kPortionRecords + 3; ++i) {
        csv += std::to_string(i) + "\n";
    }
    Request request;
    request.content_type = "text/csv";
    request.content = csv;
    const auto body = read_request_body(request);
    ASSERT_TRUE(body);
    EXPECT_EQ(body->records.size(), kPortionRecords);
    const auto all = whole(*body);
    ASSERT_EQ(all->records.size(), kPortionRecords + 3);
    EXPECT_EQ(all->records.back().find("a")->text, "1002");
    EXPECT_THAT(message_of("text/csv", csv + "1,2\n"), HasSubstr("Line 1005 of the CSV"));
}

TEST(ReadRequestBody, XmlAndFormsHoldTheTextThatTheRestIsReadFrom) {
    std::string xml = "<dfapi>";
    for (std::size_t i = 0; i < kPortionRecords + 3; ++i) {
        xml += "<resource><a>" + std::to_string(i) + "</a></resource>";
    }
    const auto body = read("text/xml", xml + "</dfapi>");
    ASSERT_TRUE(body);
    EXPECT_EQ(whole(*body)->records.back().find("a")->text, "1002");
}

TEST(ReadRequestBody, AFormIsARecordOrAList) {
    constexpr auto kForm = "application/x-www-form-urlencoded";
    const auto single = read(kForm, "name=Ada+L&age=");
    ASSERT_TRUE(single);
    EXPECT_EQ(single->form, Body::Form::Single);
    EXPECT_EQ(single->records.at(0).find("name")->text, "Ada L");
    EXPECT_EQ(single->records.at(0).find("age")->form, Input::Form::Text);
    const auto list =
        read(kForm, "resource[0][name]=a&resource[1][name]=b&rollback=true&ids[]=1&ids[]=2");
    ASSERT_TRUE(list);
    EXPECT_EQ(list->form, Body::Form::List);
    ASSERT_EQ(list->records.size(), 2U);
    EXPECT_EQ(list->records[1].find("name")->text, "b");
    EXPECT_EQ(*list->find("rollback"), "\"true\"");
    EXPECT_EQ(*list->find("ids"), R"(["1","2"])");
    EXPECT_EQ(message_of(kForm, "a=%zz"), "Broken percent-encoding in the form.");
}

TEST(ReadRequestBody, LongNamesOverShortRowsAreBounded) {
    std::string csv = std::string(8'000'000, 'n') + "\n";
    for (int i = 0; i < 300; ++i) {
        csv += "1\n";
    }
    const auto body = read("text/csv", csv);
    ASSERT_FALSE(body);
    EXPECT_EQ(body.error().kind(), ErrorKind::PayloadTooLarge);
}

TEST(ReadRequestBody, FaultsAreTheReaders) {
    EXPECT_THAT(message_of("text/csv", "a,b\n\"x"), HasSubstr("Line 2 of the CSV"));
    EXPECT_THAT(message_of("text/xml", "<a>"), HasSubstr("malformed XML"));
    EXPECT_EQ(read("image/png", "x").error().status(), 415);
}

}  // namespace
}  // namespace sluice::services::sql
