#include "core/json_members.h"

#include <gtest/gtest.h>

namespace sluice {
namespace {

TEST(JsonMembers, SlicesAreAsWritten) {
    const auto members =
        json_members(R"( { "a" : 1.50 , "b":{"x":[1,"}"]},"c\n":"q\"," , "d":9007199254740993} )");
    ASSERT_TRUE(members);
    ASSERT_EQ(members->size(), 4U);
    EXPECT_EQ((*members)[0], (JsonMember{"a", "1.50"}));
    EXPECT_EQ((*members)[1], (JsonMember{"b", R"({"x":[1,"}"]})"}));
    EXPECT_EQ((*members)[2], (JsonMember{"c\n", R"("q\",")"}));
    EXPECT_EQ(member_of(*members, "d"), "9007199254740993");
    EXPECT_EQ(member_of(*members, "e"), "");
}

TEST(JsonMembers, EmptyObjectHasNone) {
    EXPECT_TRUE(json_members("{}")->empty());
}

TEST(JsonMembers, LastOfRepeatedNamesCounts) {
    EXPECT_EQ(member_of(*json_members(R"({"a":1,"a":2})"), "a"), "2");
}

TEST(JsonMembers, WhatIsNoObjectHasNoMembers) {
    for (const char* text : {"", "[]", "1", "{", "{\"a\"}", "{\"a\":}", "{\"a\":1", "{\"a\":1,}",
                             "{\"a\":1}x", "{a:1}", "{\"a\":\"", "{\"a\\"}) {
        EXPECT_FALSE(json_members(text)) << text;
    }
}

}  // namespace
}  // namespace sluice
