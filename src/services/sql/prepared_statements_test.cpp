#include "services/sql/prepared_statements.h"

#include <memory>

#include <gtest/gtest.h>

namespace sluice::services::sql {
namespace {

using Statements = PreparedStatements<std::string>;

std::string number(std::size_t i) {
    return std::to_string(i);
}

TEST(PreparedStatements, AreFoundByTheirText) {
    Statements statements;
    EXPECT_EQ(statements.find("a"), nullptr);
    statements.add("a", "s1");
    ASSERT_NE(statements.find("a"), nullptr);
    EXPECT_EQ(*statements.find("a"), "s1");
    statements.erase("a");
    EXPECT_EQ(statements.find("a"), nullptr);
    statements.erase("a");
}

TEST(PreparedStatements, TheOneUsedLongestAgoMakesRoom) {
    Statements statements;
    for (std::size_t i = 0; i < Statements::kMost; ++i) {
        EXPECT_EQ(statements.make_room(), std::nullopt);
        statements.add(number(i), "s" + number(i));
    }
    statements.find("0");
    EXPECT_EQ(statements.make_room(), "s1");
    EXPECT_EQ(statements.find("1"), nullptr);
    EXPECT_NE(statements.find("0"), nullptr);
    EXPECT_EQ(statements.make_room(), std::nullopt) << "there is room now";
}

TEST(PreparedStatements, LongOnesAreNotWorthKeeping) {
    EXPECT_TRUE(Statements::is_worth_keeping(std::string(4096, ' '), 100));
    EXPECT_FALSE(Statements::is_worth_keeping(std::string(4097, ' '), 0));
    EXPECT_FALSE(Statements::is_worth_keeping("SELECT 1", 101));
}

TEST(PreparedStatements, HandlesGoWithTheirEntries) {
    const auto handle = std::make_shared<int>(1);
    PreparedStatements<std::shared_ptr<int>> statements;
    statements.add("a", handle);
    statements.add("b", handle);
    statements.erase("a");
    EXPECT_EQ(handle.use_count(), 2);
    statements.clear();
    EXPECT_EQ(handle.use_count(), 1);
}

}  // namespace
}  // namespace sluice::services::sql
