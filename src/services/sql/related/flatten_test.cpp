#include "services/sql/related/flatten.h"

#include <gtest/gtest.h>

namespace sluice::services::sql {
namespace {

std::vector<KeyedRows::Row> two_rows() {
    std::vector<KeyedRows::Row> rows(2);
    rows[0].add("id", "1");
    rows[1].add("id", "2");
    return rows;
}

Relation owner() {
    Relation relation;
    relation.name = "contact_by_owner";
    relation.is_flattened = true;
    return relation;
}

TEST(Flatten, NamesFieldsAfterTheRelation) {
    auto rows = two_rows();
    EXPECT_TRUE(flatten(owner(), {R"({"id":7,"name":"A \"b\""})", R"({"id":8,"name":null})"}, rows,
                        1'000'000));
    EXPECT_EQ(rows[0].closed(),
              R"({"id":1,"contact_by_owner.id":7,"contact_by_owner.name":"A \"b\""})");
    EXPECT_EQ(rows[1].closed(), R"({"id":2,"contact_by_owner.id":8,"contact_by_owner.name":null})");
}

TEST(Flatten, RowsWithoutARecordGetNulls) {
    auto rows = two_rows();
    EXPECT_TRUE(flatten(owner(), {"", R"({"name":"x"})"}, rows, 1'000'000));
    EXPECT_EQ(rows[0].closed(), R"({"id":1,"contact_by_owner.name":null})");
    rows = two_rows();
    EXPECT_TRUE(flatten(owner(), {"", ""}, rows, 1'000'000));
    EXPECT_EQ(rows[0].closed(), R"({"id":1})");
}

TEST(Flatten, WithoutAPrefixARowsOwnFieldsStay) {
    auto rows = two_rows();
    Relation relation = owner();
    relation.alias = "boss";
    EXPECT_TRUE(flatten(relation, {R"({"id":7})", ""}, rows, 1'000'000));
    EXPECT_EQ(rows[0].closed(), R"({"id":1,"boss.id":7})");
    relation.drops_prefix = true;
    rows = two_rows();
    EXPECT_TRUE(flatten(relation, {R"({"id":7,"name":"A"})", ""}, rows, 1'000'000));
    EXPECT_EQ(rows[0].closed(), R"({"id":1,"name":"A"})");
    EXPECT_EQ(rows[1].closed(), R"({"id":2,"name":null})");
}

TEST(Flatten, WhatIsInsideOfARecordStaysWhole) {
    auto rows = two_rows();
    EXPECT_TRUE(flatten(owner(), {R"({"tags":[{"a":1}]})", ""}, rows, 1'000'000));
    EXPECT_EQ(rows[0].closed(), R"({"id":1,"contact_by_owner.tags":[{"a":1}]})");
}

TEST(Flatten, StopsWhereThereIsNoMoreRoom) {
    auto rows = two_rows();
    EXPECT_FALSE(flatten(owner(), {"", R"({"name":"x"})"}, rows, 30));
    EXPECT_LE(rows[1].closed().size(), 60U);
}

}  // namespace
}  // namespace sluice::services::sql
