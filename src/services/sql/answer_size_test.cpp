#include <string>

#include <sys/resource.h>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "services/sql/service_kit.h"

namespace sluice::services::sql {
namespace {

using ::testing::HasSubstr;

constexpr auto kLimit = R"("max_answer_bytes":100000)";

std::string five_large_rows() {
    std::string sql = "CREATE TABLE t (id INTEGER PRIMARY KEY, body TEXT);";
    for (int id = 1; id <= 5; ++id) {
        sql += "INSERT INTO t VALUES (" + std::to_string(id) + ", '" + std::string(30'000, 'x') +
               "');";
    }
    return sql;
}

/// 1,000 rows of a million characters each.
std::string huge_view(const std::string& backend) {
    return backend == "sqlite"
               ? "CREATE VIEW huge AS WITH RECURSIVE c(id) AS (SELECT 1 UNION ALL SELECT id + 1 "
                 "FROM c "
                 "WHERE id < 1000) SELECT id, printf('%.1000000c', 'x') AS body FROM c;"
           : backend == "mysql"
               ? "CREATE TABLE g (id INTEGER PRIMARY KEY);"
                 "INSERT INTO g WITH RECURSIVE c(id) AS (SELECT 1 UNION ALL SELECT id + 1 FROM c "
                 "WHERE id < 1000) SELECT id FROM c;"
                 "CREATE VIEW huge AS SELECT id, repeat('x', 1000000) AS body FROM g;"
               : "CREATE VIEW huge AS SELECT id, repeat('x', 1000000) AS body "
                 "FROM generate_series(1, 1000) AS g(id);";
}

long most_memory_kb() {
    rusage usage{};
    getrusage(RUSAGE_SELF, &usage);
    return usage.ru_maxrss;
}

class AnswerSize : public ::testing::TestWithParam<std::string> {
protected:
    void SetUp() override {
        if (!ServiceKit::has(GetParam())) {
            GTEST_SKIP() << ServiceKit::lacks(GetParam());
        }
    }
};

TEST_P(AnswerSize, AReadThatWouldAnswerMoreIsRefused) {
    ServiceKit kit(GetParam(), five_large_rows(), kLimit);
    for (int round = 0; round < 3; ++round) {  // alone at first, in company later
        EXPECT_EQ(kit.get("_table/t", {{"limit", "3"}}).status, 200);
        const Answer large = kit.get("_table/t");
        EXPECT_EQ(large.status, 400);
        EXPECT_THAT(large.body, HasSubstr("The answer is larger than 100000 bytes; ask for fewer "
                                          "rows (limit) or fewer fields."));
        EXPECT_EQ(kit.get("_table/t", {{"ids", "1,2,3,4,5"}}).status, 400);
        EXPECT_EQ(kit.get("_table/t", {{"ids", "1,2"}}).status, 200);
        EXPECT_EQ(kit.get("_table/t", {{"fields", "id"}}).status, 200);
        EXPECT_EQ(kit.get("_table/t/1").status, 200);
    }
}

TEST_P(AnswerSize, IdentifiersGivenTwiceTakeTheirRecordOnce) {
    ServiceKit kit(GetParam(), five_large_rows(), kLimit);
    std::string ids = "1";
    for (int i = 0; i < 2000; ++i) {
        ids += ",1";
    }
    EXPECT_EQ(kit.get("_table/t", {{"ids", ids}, {"fields", "id"}}),
              (Answer{200, R"({"resource":[{"id":1}]})"}));
    const long before = most_memory_kb();
    EXPECT_EQ(kit.get("_table/t", {{"ids", ids}}).status, 200);
    const Answer missing = kit.get("_table/t", {{"ids", ids + ",77"}});
    EXPECT_EQ(missing.status, 400);
    EXPECT_THAT(missing.body, HasSubstr("larger than 100000 bytes"));
    EXPECT_LT(most_memory_kb() - before, 30 * 1024);
}

TEST_P(AnswerSize, AWriteThatWouldAnswerMoreIsUndone) {
    ServiceKit kit(GetParam(), five_large_rows() + "ALTER TABLE t ADD COLUMN n INTEGER;", kLimit);
    const auto changed = [&kit] {
        return kit.get("_table/t", {{"fields", "id"}, {"filter", "n = 7"}}).body;
    };
    const Answer by_filter = kit.send(Verb::Patch, "_table/t", R"({"resource":[{"n":7}]})",
                                      {{"filter", "id > 0"}, {"fields", "*"}});
    EXPECT_EQ(by_filter.status, 400);
    EXPECT_THAT(by_filter.body, HasSubstr("larger than 100000 bytes"));
    EXPECT_EQ(changed(), R"({"resource":[]})");
    const Answer by_ids = kit.send(Verb::Patch, "_table/t", R"({"resource":[{"n":7}]})",
                                   {{"ids", "1,2,3,4,5"}, {"fields", "*"}, {"rollback", "true"}});
    EXPECT_EQ(by_ids.status, 400);
    EXPECT_EQ(changed(), R"({"resource":[]})");
    EXPECT_EQ(
        kit.send(Verb::Delete, "_table/t", "", {{"filter", "id > 0"}, {"fields", "*"}}).status,
        400);
    EXPECT_EQ(kit.send(Verb::Patch, "_table/t", R"({"resource":[{"n":7}]})",
                       {{"filter", "id < 4"}, {"fields", "*"}})
                  .status,
              200);
    EXPECT_EQ(changed(), R"({"resource":[{"id":1},{"id":2},{"id":3}]})");
    EXPECT_EQ(kit.send(Verb::Delete, "_table/t", "", {{"filter", "id > 0"}}).status, 200);
}

TEST_P(AnswerSize, AHugeOneIsStoppedAndTakesLittleMemory) {
    ServiceKit kit(GetParam(), huge_view(GetParam()));
    const long before = most_memory_kb();
    const Answer huge = kit.get("_table/huge", {{"limit", "1000"}});
    EXPECT_EQ(huge.status, 400);
    EXPECT_THAT(huge.body, HasSubstr("The answer is larger than 64 MB"));
    EXPECT_LT(most_memory_kb() - before, 450 * 1024);
    EXPECT_EQ(kit.get("_table/huge", {{"limit", "2"}}).status, 200);
}

TEST(AnswerSizeSetting, IsAtLeastOne) {
    EXPECT_FALSE(check_sqlite_config({{"database", "x.db"}, {"max_answer_bytes", 0}}));
    EXPECT_TRUE(check_sqlite_config({{"database", "x.db"}, {"max_answer_bytes", 1}}));
}

INSTANTIATE_TEST_SUITE_P(OnEvery,
                         AnswerSize,
                         ::testing::Values("sqlite", "postgres", "mysql"),
                         [](const auto& info) { return info.param; });

}  // namespace
}  // namespace sluice::services::sql
