#include "services/sql/default_value.h"

#include <gtest/gtest.h>

namespace sluice::services::sql {
namespace {

std::string shown(Kind kind, std::optional<std::string> text) {
    Column column;
    column.kind = kind;
    column.default_text = std::move(text);
    return default_json(column);
}

TEST(DefaultValue, IsNullWhereThereIsNone) {
    EXPECT_EQ(shown(Kind::Text, std::nullopt), "null");
    EXPECT_EQ(shown(Kind::Text, "NULL"), "null");
}

TEST(DefaultValue, IsAsItWasGiven) {
    EXPECT_EQ(shown(Kind::Boolean, "'0'"), "false");
    EXPECT_EQ(shown(Kind::Boolean, "true"), "true");
    EXPECT_EQ(shown(Kind::Text, "'it''s'"), R"("it's")");
    EXPECT_EQ(shown(Kind::Text, "'it''s'::character varying"), R"("it's")");
    EXPECT_EQ(shown(Kind::Text, "''"), R"("")");
    EXPECT_EQ(shown(Kind::Integer, "7"), "7");
    EXPECT_EQ(shown(Kind::Integer, "'7'::bigint"), "7");
    EXPECT_EQ(shown(Kind::Decimal, "(-1.50)::numeric(12,2)"), "-1.50");
    EXPECT_EQ(shown(Kind::DateTime, "'2024-01-02 03:04:05'::timestamp without time zone"),
              R"("2024-01-02 03:04:05")");
    EXPECT_EQ(shown(Kind::Json, R"('{"a": 1}'::jsonb)"), R"({"a": 1})");
}

TEST(DefaultValue, IsTheDatabasesTextWhereItIsWorkedOut) {
    EXPECT_EQ(shown(Kind::DateTime, "CURRENT_TIMESTAMP"), R"("CURRENT_TIMESTAMP")");
    EXPECT_EQ(shown(Kind::Integer, "nextval('a_seq'::regclass)"),
              R"x("nextval('a_seq'::regclass)")x");
    EXPECT_EQ(shown(Kind::Text, "'a' || 'b'"), R"("'a' || 'b'")");
    EXPECT_EQ(shown(Kind::Integer, "'x'"), R"("'x'")");
    EXPECT_EQ(shown(Kind::Text, "'"), R"("'")");
}

}  // namespace
}  // namespace sluice::services::sql
