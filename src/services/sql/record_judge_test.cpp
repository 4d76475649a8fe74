#include "services/sql/record_judge.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "services/sql/extras.h"

namespace sluice::services::sql {
namespace {

using ::testing::HasSubstr;

Column field(std::string name, std::string_view rules) {
    auto extras = std::make_shared<ColumnExtras>();
    extras->rules = *read_validation(rules, "", name);
    Column column;
    column.name = std::move(name);
    column.extras = std::move(extras);
    return column;
}

Record record_of(std::string_view json) {
    return std::move(read_body(json)->records.front());
}

/// "" when the record may be written, else what is said; "-name" for a field that is left out.
std::string said(const RecordJudge& judge, std::string_view record, WritePurpose purpose) {
    const auto columns = judge.left_out(record_of(record), purpose);
    if (!columns) {
        return columns.error().message();
    }
    return columns->empty() ? "" : "-" + columns->front()->name;
}

RecordJudge judge_of(std::vector<Column> columns, std::size_t keys) {
    auto table = std::make_shared<Table>();
    table->columns = std::move(columns);
    std::vector<const Column*> of_key;
    for (std::size_t i = 0; i < keys; ++i) {
        of_key.push_back(&table->columns[i]);
    }
    return {table, of_key};
}

TEST(RecordJudge, AsksOfANewRecordWhatItDoesNotSay) {
    const auto judge = judge_of({field("a", R"({"not_null":{}})")}, 0);
    EXPECT_EQ(said(judge, R"({"b":1})", WritePurpose::Insert), "Field 'a' can not be NULL.");
    EXPECT_EQ(said(judge, R"({"b":1})", WritePurpose::Change), "");
    EXPECT_EQ(said(judge, R"({"A":1})", WritePurpose::Insert), "");
}

TEST(RecordJudge, AnUpsertIsAChangeThatMustSayWhatANewRecordMust) {
    const auto judge =
        judge_of({field("id", R"({"not_null":{}})"), field("a", R"({"not_null":{}})"),
                  field("b", R"({"create_only":{}})")},
                 1);
    EXPECT_EQ(said(judge, R"({"b":1})", WritePurpose::Upsert), "Field 'a' can not be NULL.");
    EXPECT_EQ(said(judge, R"({"a":1})", WritePurpose::Upsert), "");
    EXPECT_THAT(said(judge, R"({"a":1,"b":1})", WritePurpose::Upsert), HasSubstr("'b' can only"));
}

TEST(RecordJudge, AnExpressionMayBeNull) {
    const auto judge = judge_of({field("a", R"({"not_empty":{"on_fail":"ignore_field"}})")}, 0);
    EXPECT_EQ(said(judge, R"({"a":{"expression":"null"}})", WritePurpose::Change), "-a");
    EXPECT_EQ(said(judge, R"j({"a":{"expression":"NOW()"}})j", WritePurpose::Change), "");
}

TEST(RecordJudge, AWideRecordIsReadOnce) {
    std::vector<Column> columns;
    std::string record;
    for (int i = 0; i < 1500; ++i) {
        columns.push_back(field("f" + std::to_string(i), R"({"not_null":{}})"));
        record += (record.empty() ? "{\"f" : ",\"f") + std::to_string(i) + "\":1";
    }
    const auto judge = judge_of(std::move(columns), 0);
    for (int i = 0; i < 5; ++i) {
        EXPECT_EQ(said(judge, record + "}", WritePurpose::Insert), "");
    }
}

TEST(RecordJudge, HoldsTheShardUpForSoLongAndNoLonger) {
    // "/^((a{1,100}){1,100}){1,100}$/"
    const RecordJudge judge = judge_of(
        {field("a", R"({"match":{"regexp":"L14oKGF7MSwxMDB9KXsxLDEwMH0pezEsMTAwfSQv"}})")}, 0);
    const Record record = record_of("{\"a\":\"" + std::string(60'000, 'a') + "!\"}");
    std::string last;
    for (int i = 0; i < 5000 && !last.starts_with("The validation of the records"); ++i) {
        last = judge.left_out(record, WritePurpose::Insert).error().message();
    }
    EXPECT_EQ(last, "The validation of the records takes too long: send fewer of them.");
    const RecordJudge next = judge_of({field("a", R"({"not_null":{}})")}, 0);
    EXPECT_EQ(said(next, R"({"a":1})", WritePurpose::Insert), "");
}

TEST(RecordJudge, WithoutRulesEverythingMayStand) {
    EXPECT_EQ(said(RecordJudge(), R"({"a":null})", WritePurpose::Insert), "");
}

}  // namespace
}  // namespace sluice::services::sql
