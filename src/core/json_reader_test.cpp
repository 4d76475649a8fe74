#include "core/json_reader.h"

#include <gtest/gtest.h>

namespace sluice {
namespace {

TEST(IsJsonNumber, FollowsTheGrammar) {
    for (const std::string_view yes : {"0", "-0", "10", "1.5", "1e5", "-1.5E-10", "0.1"}) {
        EXPECT_TRUE(is_json_number(yes)) << yes;
    }
    for (const std::string_view no :
         {"", "-", "01", "+1", ".5", "1.", "1e", "NaN", "Infinity", "1 ", " 1", "0x1", "1,2"}) {
        EXPECT_FALSE(is_json_number(no)) << no;
    }
}

TEST(JsonReader, KeepsTheDigitsOfNumbers) {
    JsonReader reader(R"({"a":12345678901234567890.10,"b":[1e400]})");
    std::string key;
    ASSERT_TRUE(reader.open());
    ASSERT_TRUE(reader.next_key(key));
    EXPECT_EQ(reader.raw(), "12345678901234567890.10");
    ASSERT_TRUE(reader.next_key(key));
    EXPECT_EQ(key, "b");
    EXPECT_EQ(reader.raw(), "[1e400]");
    EXPECT_FALSE(reader.next_key(key));
    EXPECT_TRUE(reader.finish("text"));
}

TEST(JsonReader, SaysNoMoreAfterAFault) {
    JsonReader reader(R"([1,}])");
    ASSERT_TRUE(reader.open());
    ASSERT_TRUE(reader.next_item());
    EXPECT_EQ(reader.raw(), "1");
    ASSERT_TRUE(reader.next_item());
    EXPECT_EQ(reader.raw(), "");
    EXPECT_FALSE(reader.next_item());
    EXPECT_EQ(reader.finish("text").error().kind(), ErrorKind::BadRequest);
}

}  // namespace
}  // namespace sluice
