#include "services/sql/request_body.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

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

TEST(ReadRequestBody, CarriesNoMoreRecordsThanJson) {
    std::string csv = "a\n";
    for (std::size_t i = 0; i < kMaxRecords; ++i) {
        csv += "1\n";
    }
    EXPECT_EQ(read("text/csv", csv)->records.size(), kMaxRecords);
    EXPECT_EQ(message_of("text/csv", csv + "1\n"), "A request may carry at most 100000 records.");
}

TEST(ReadRequestBody, LongNamesOverShortRowsAreBounded) {
    std::string csv = std::string(1'000'000, 'n') + "\n";
    for (int i = 0; i < 500; ++i) {
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
