#include "services/sql/record_reader.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace sluice::services::sql {
namespace {

using ::testing::HasSubstr;

std::string json_of(std::size_t count) {
    std::string list = "[";
    for (std::size_t i = 0; i < count; ++i) {
        list += (i == 0 ? "" : ",") + (R"({"n":)" + std::to_string(i)) + "}";
    }
    return list + "]";
}

std::vector<std::string> numbers_in(const Body& body) {
    const auto all = whole(body);
    std::vector<std::string> numbers;
    for (const Record& record : all->records) {
        numbers.push_back(record.find("n")->text);
    }
    return numbers;
}

std::string message_of(const std::string& text) {
    const auto body = read_body(text);
    return body ? "" : body.error().message();
}

TEST(RecordReader, HoldsOnePortionAndReadsTheRestAgain) {
    const std::string text = json_of(2 * kPortionRecords + 1);
    const auto body = read_body(text);
    ASSERT_TRUE(body);
    EXPECT_EQ(body->records.size(), kPortionRecords);
    ASSERT_TRUE(body->rest);
    for (int round = 0; round < 2; ++round) {
        RecordReader reader = *body->rest;
        std::vector<Record> portion;
        EXPECT_TRUE(*reader.next(portion));
        EXPECT_EQ(portion.size(), kPortionRecords);
        EXPECT_EQ(portion.front().find("n")->text, std::to_string(kPortionRecords));
        EXPECT_FALSE(*reader.next(portion));
        ASSERT_EQ(portion.size(), 1U);
        EXPECT_EQ(portion.front().find("n")->text, std::to_string(2 * kPortionRecords));
        EXPECT_EQ(reader.count(), 2 * kPortionRecords + 1);
    }
    const auto numbers = numbers_in(*body);
    ASSERT_EQ(numbers.size(), 2 * kPortionRecords + 1);
    EXPECT_EQ(numbers.back(), std::to_string(2 * kPortionRecords));
}

TEST(RecordReader, AFullPortionAloneHasNoRest) {
    for (const std::size_t count : {std::size_t{0}, std::size_t{1}, kPortionRecords}) {
        const std::string text = json_of(count);
        const auto body = read_body(text);
        ASSERT_TRUE(body) << count;
        EXPECT_EQ(body->form, Body::Form::List);
        EXPECT_EQ(body->records.size(), count);
        EXPECT_FALSE(body->rest) << count;
    }
}

TEST(RecordReader, LargeRecordsMakeSmallPortions) {
    const std::string text =
        "[{\"n\":\"" + std::string(kPortionBytes, 'x') + "\"},{\"n\":\"a\"},{\"n\":\"b\"}]";
    const auto body = read_body(text);
    ASSERT_TRUE(body);
    EXPECT_EQ(body->records.size(), 1U);
    EXPECT_EQ(numbers_in(*body).size(), 3U);
}

TEST(RecordReader, WhatIsWrongBehindTheFirstPortionIsToldAtOnce) {
    const std::string start = json_of(kPortionRecords + 5);
    const std::string open = start.substr(0, start.size() - 1);
    EXPECT_EQ(message_of(open + ",7]"), "Record 1005 of the request is not an object.");
    EXPECT_EQ(message_of(open + R"(,{"a":1,"a":2}])"), "Field 'a' is given twice.");
    EXPECT_THAT(message_of(open + ",{\"a\":]"), HasSubstr("Invalid or malformed JSON"));
    EXPECT_THAT(message_of(open), HasSubstr("Invalid or malformed JSON"));
    EXPECT_THAT(message_of(start + "x"), HasSubstr("Invalid or malformed JSON"));
}

TEST(RecordReader, OptionsBehindTheRecordsAreFound) {
    const std::string text =
        R"({"resource":)" + json_of(kPortionRecords + 5) + R"(,"rollback":true})";
    const auto body = read_body(text);
    ASSERT_TRUE(body);
    ASSERT_NE(body->find("rollback"), nullptr);
    EXPECT_EQ(numbers_in(*body).size(), kPortionRecords + 5);
}

TEST(RecordReader, NoMoreThanAMillion) {
    std::string text = "[{}";
    text.reserve(3 * kMaxRecords + 8);
    for (std::size_t i = 1; i < kMaxRecords; ++i) {
        text += ",{}";
    }
    EXPECT_EQ(message_of(text + "]"), "");
    EXPECT_EQ(message_of(text + ",{}]"), "A request may carry at most 1000000 records.");
    const std::string most = text + "]";
    EXPECT_EQ(whole(*read_body(most)).error().message(),
              "A request may carry at most 100000 records.");
}

}  // namespace
}  // namespace sluice::services::sql
