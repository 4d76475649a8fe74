#include "store/event_names.h"

#include <gtest/gtest.h>

#include "store/column.h"
#include "store/digest.h"
#include "store/sql_text.h"

namespace sluice::store {
namespace {

TEST(EventNames, StageIsTheLastPart) {
    EXPECT_EQ(split_event_name("db.get.pre_process").event, "db.get");
    EXPECT_EQ(split_event_name("db.get.pre_process").stage, Stage::PreProcess);
    EXPECT_EQ(split_event_name("db.get.post_process").stage, Stage::PostProcess);
    EXPECT_EQ(split_event_name("db.get.queued").stage, Stage::Queued);
}

TEST(EventNames, BareNameIsTheFinalStage) {
    EXPECT_EQ(split_event_name("db.get").event, "db.get");
    EXPECT_EQ(split_event_name("db.get").stage, Stage::Final);
    EXPECT_EQ(split_event_name("pre_process").event, "pre_process");
    EXPECT_EQ(split_event_name("dbpre_process").stage, Stage::Final);
}

TEST(SqlText, KeyCountsItselfOrIsGiven) {
    const TableSql counted = table_sql("t", {"id", "a", "b"}, true);
    EXPECT_EQ(counted.insert, R"(INSERT INTO "t" ("a", "b") VALUES ($1, $2) RETURNING "id")");
    EXPECT_EQ(counted.update, R"(UPDATE "t" SET "a" = $1, "b" = $2 WHERE "id" = $3)");
    const TableSql named = table_sql("t", {"name", "a"}, false);
    EXPECT_EQ(named.insert, R"(INSERT INTO "t" ("name", "a") VALUES ($1, $2) RETURNING "name")");
    EXPECT_EQ(named.select_all, R"(SELECT "name", "a" FROM "t" ORDER BY "name")");
}

TEST(SqlText, DatesAreUtcText) {
    EXPECT_EQ(date_text(0), "1970-01-01 00:00:00");
    EXPECT_EQ(date_text(1795251020), "2026-11-21 08:50:20");
}

TEST(Digest, MatchesThePublishedVector) {
    EXPECT_EQ(sha256_hex("abc"),
              "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    EXPECT_EQ(random_hex(32).size(), 64U);
    EXPECT_NE(random_hex(32), random_hex(32));
}

TEST(Filters, SurviveTheirJson) {
    const auto back = filters_from_json(filters_to_json({{"a", "in", "(1,2)"}}));
    ASSERT_TRUE(back);
    EXPECT_EQ(back->at(0).op, "in");
    EXPECT_EQ(back->at(0).value, "(1,2)");
    EXPECT_EQ(filters_from_json(R"([{"name":"n","value":3}])")->at(0).value, "3");
    EXPECT_FALSE(filters_from_json(R"({"name":"n"})"));
    EXPECT_FALSE(filters_from_json(R"([{"value":3}])"));
    EXPECT_TRUE(filters_from_json("")->empty());
}

}  // namespace
}  // namespace sluice::store
