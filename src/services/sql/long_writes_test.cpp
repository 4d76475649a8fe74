/// Bodies of several portions, on every database: as if all records were written at once.

#include "services/sql/record_reader.h"
#include "services/sql/table_suite.h"

namespace sluice::services::sql {
namespace {

using ::testing::EndsWith;
using ::testing::HasSubstr;
using ::testing::StartsWith;

constexpr int kMany = 2 * static_cast<int>(kPortionRecords) + 100;
/// In the second portion.
constexpr int kFaulty = static_cast<int>(kPortionRecords) + 7;

class LongWrites : public TableSuite {
protected:
    /// Records of `pair`, from (5, 0) on; number `faulty` is none.
    static std::string pairs(int count, int faulty = -1, const std::string& fault = "\"x\"") {
        std::string list;
        for (int i = 0; i < count; ++i) {
            list += (i == 0 ? R"({"a":5,"b":)" : R"(,{"a":5,"b":)") +
                    (i == faulty ? fault : std::to_string(i)) + R"(,"note":"n)" +
                    std::to_string(i) + "\"}";
        }
        return "{\"resource\":[" + list + "]}";
    }
    std::string count(std::string filter = "a = 5") {
        return get("_table/pair", {{"count_only", "1"}, {"filter", std::move(filter)}}).body;
    }
};

INSTANTIATE_TEST_SUITE_P(OnEvery,
                         LongWrites,
                         ::testing::Values("sqlite", "postgres", "mysql", "mysql_plain"),
                         [](const auto& each) { return each.param; });

TEST_P(LongWrites, AllRecordsArriveInTheirOrder) {
    const Answer answer = send(Verb::Post, "_table/pair", pairs(kMany), {{"fields", "b"}});
    ASSERT_EQ(answer.status, 200) << answer.body.substr(0, 500);
    std::string expected = "{\"resource\":[";
    for (int i = 0; i < kMany; ++i) {
        expected += (i == 0 ? "" : ",") + ("{\"b\":" + std::to_string(i)) + "}";
    }
    EXPECT_EQ(answer.body, expected + "]}");
    EXPECT_EQ(count(), std::to_string(kMany));
}

TEST_P(LongWrites, TheFirstFaultStopsAndWhatCameBeforeStays) {
    const Answer answer = send(Verb::Post, "_table/pair", pairs(kMany, kFaulty));
    EXPECT_EQ(answer.status, 400);
    EXPECT_THAT(answer.body, HasSubstr("\"error\":[" + std::to_string(kFaulty) + "]"));
    EXPECT_THAT(answer.body, HasSubstr("Field 'b' must be a valid integer."));
    EXPECT_EQ(count(), std::to_string(kFaulty));
}

TEST_P(LongWrites, WhatOnlyTheDatabaseSeesStopsToo) {
    const Answer answer = send(Verb::Post, "_table/pair", pairs(kMany, kFaulty, "3"));
    EXPECT_EQ(answer.status, 400);
    EXPECT_THAT(answer.body, HasSubstr("\"error\":[" + std::to_string(kFaulty) + "]"));
    EXPECT_THAT(answer.body, HasSubstr("\"status_code\":409"));
    EXPECT_EQ(count(), std::to_string(kFaulty));
}

TEST_P(LongWrites, WithContinueTheRestIsTried) {
    for (const char* fault : {"\"x\"", "3"}) {
        const Answer answer =
            send(Verb::Post, "_table/pair", pairs(kMany, kFaulty, fault), {{"continue", "true"}});
        EXPECT_EQ(answer.status, 400);
        EXPECT_THAT(answer.body, HasSubstr("\"error\":[" + std::to_string(kFaulty) + "]"));
        EXPECT_EQ(count(), std::to_string(kMany - 1));
        send(Verb::Delete, "_table/pair", "", {{"filter", "a = 5"}});
    }
}

TEST_P(LongWrites, WithRollbackNothingStays) {
    for (const char* fault : {"\"x\"", "3"}) {
        const Answer answer =
            send(Verb::Post, "_table/pair", pairs(kMany, kFaulty, fault), {{"rollback", "true"}});
        EXPECT_EQ(answer.status, 400);
        EXPECT_THAT(answer.body, HasSubstr("All changes rolled back."));
        EXPECT_THAT(answer.body, HasSubstr("\"error\":[" + std::to_string(kFaulty) + "]"));
        EXPECT_EQ(count(), "0");
    }
    EXPECT_EQ(send(Verb::Post, "_table/pair", pairs(kMany), {{"rollback", "true"}}).status, 200);
    EXPECT_EQ(count(), std::to_string(kMany));
}

TEST_P(LongWrites, ABodyThatIsBrokenAtItsEndWritesNothing) {
    std::string body = pairs(kMany);
    body.resize(body.size() - 5);
    EXPECT_EQ(send(Verb::Post, "_table/pair", body).status, 400);
    EXPECT_EQ(count(), "0");
}

TEST_P(LongWrites, RecordsWithTheirKeysAreChangedAndRemoved) {
    ASSERT_EQ(send(Verb::Post, "_table/pair", pairs(kMany)).status, 200);
    std::string changed = pairs(kMany);
    for (std::size_t at = 0; (at = changed.find("\"n", at)) != std::string::npos; at += 2) {
        if (changed[at + 2] != 'o') {
            changed[at + 1] = 'm';
        }
    }
    EXPECT_EQ(send(Verb::Patch, "_table/pair", changed).status, 200);
    EXPECT_EQ(count("a = 5 and note like 'm%'"), std::to_string(kMany));
    const Answer removed = send(Verb::Delete, "_table/pair", pairs(kMany));
    EXPECT_EQ(removed.status, 200);
    EXPECT_THAT(removed.body, StartsWith(R"({"resource":[{"a":5,"b":0},)"));
    EXPECT_EQ(count(), "0");
    EXPECT_EQ(count("a < 5"), "3");
}

TEST_P(LongWrites, AnAnswerThatWouldBeLargerIsUndoneFromThereOn) {
    open(R"("max_answer_bytes":20000)");
    const Answer answer =
        send(Verb::Post, "_table/pair", pairs(kMany), {{"fields", "*"}, {"rollback", "1"}});
    EXPECT_EQ(answer.status, 400);
    EXPECT_THAT(answer.body, HasSubstr("bytes"));
    EXPECT_EQ(count(), "0");
}

TEST_P(LongWrites, OneConnectionIsEnough) {
    if (!GetParam().starts_with("mysql") && GetParam() != "postgres") {
        GTEST_SKIP() << "its connections are not counted";
    }
    open(R"("max_connections":1)");
    EXPECT_EQ(send(Verb::Post, "_table/pair", pairs(kMany)).status, 200);
    EXPECT_EQ(count(), std::to_string(kMany));
}

TEST_P(LongWrites, RecordsInsideAreWrittenInEveryPortion) {
    ASSERT_EQ(send(Verb::Post, "_table/child", R"([{"id":101},{"id":1101},{"id":2101}])").status,
              200);
    std::string list;
    for (int i = 0; i < kMany; ++i) {
        list += (i == 0 ? "" : ",") + (R"({"name":"t)" + std::to_string(i)) + "\"";
        if (i % 1000 == 1) {  // taken over by this one
            list += R"(,"child_by_todo_id":[{"id":)" + std::to_string(100 + i) + "}]";
        }
        list += "}";
    }
    const Answer answer = send(Verb::Post, "_table/todo", "[" + list + "]");
    ASSERT_EQ(answer.status, 200) << answer.body.substr(0, 500);
    EXPECT_THAT(answer.body, EndsWith("}]}"));
    EXPECT_EQ(get("_table/child", {{"count_only", "1"}, {"filter", "todo_id is not null"}}).body,
              "3");
}

}  // namespace
}  // namespace sluice::services::sql
