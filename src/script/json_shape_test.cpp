#include "script/json_shape.h"

#include <gtest/gtest.h>

namespace sluice::script {
namespace {

TEST(JsonShape, CompactTextComesBackTheSame) {
    for (const char* json :
         {R"({"a":1,"b":[true,null,"x"],"c":{}})", "[]", "0", "\"text\"", "-12.5", R"("a\"\\\n")",
          R"([{"a":1},{"a":2}])", R"({"a":{"a":1},"b":{"a":1}})", "0.25", "123456789012345"}) {
        EXPECT_EQ(shape_of(json), JsonShape::Canonical) << json;
    }
}

TEST(JsonShape, SpacesAndEscapesLoseNothing) {
    for (const char* json : {R"({"a": 1})", "[1,\n2]", R"("\u00e9")", R"("a\/b")", " 1"}) {
        EXPECT_EQ(shape_of(json), JsonShape::Lossless) << json;
    }
}

TEST(JsonShape, NumeralsThatADoubleMayChangeAreUnknown) {
    for (const char* json :
         {"9007199254740993", "0.1234567890123456789", "1.0", "1.50", "1e5", "2E-7", "-0", "[1,-0]",
          "0.0000001", "-1234567890123456", "0.00000012"}) {
        EXPECT_EQ(shape_of(json), JsonShape::Unknown) << json;
    }
}

TEST(JsonShape, KeysThatWouldMoveOrVanishAreUnknown) {
    for (const char* json : {R"({"1":1})", R"({"b":1,"10":2})", R"({"a":1,"a":2})",
                             R"({"x":{"a":1,"b":2,"a":3}})", R"({"\u0061":1,"a":2})"}) {
        EXPECT_EQ(shape_of(json), JsonShape::Unknown) << json;
    }
}

TEST(JsonShape, RowsOfOneShapeAreCheckedAsOne) {
    EXPECT_EQ(shape_of(R"([{"a":1,"b":2},{"a":3,"b":4},{"a":5,"b":6}])"), JsonShape::Canonical);
    EXPECT_EQ(shape_of(R"([{"a":{"x":1},"b":2},{"a":{"x":1},"b":2}])"), JsonShape::Canonical);
}

TEST(JsonShape, ARowThatDiffersFromTheOneBeforeIsLookedAt) {
    for (const char* json :
         {R"([{"a":1,"b":2},{"a":1,"b":2,"a":3}])", R"([{"a":1,"b":2},{"a":1,"a":2}])",
          R"([{"a":1,"b":2},{"b":1,"b":2}])", R"([{"a":1},{"a":1,"7":2}])",
          R"([{"a":1,"b":2},{"a":{"a":1,"b":2},"a":3}])", R"({"a":{"a":1},"a":2})",
          R"([{"a":1,"b":2},{"c":1,"a":2,"b":3,"a":4}])"}) {
        EXPECT_EQ(shape_of(json), JsonShape::Unknown) << json;
    }
}

TEST(JsonShape, StringsAreOpaque) {
    EXPECT_EQ(shape_of(R"({"a":"9007199254740993 1e5 -0 {\"1\":2}"})"), JsonShape::Canonical);
    EXPECT_EQ(shape_of(R"(["10",", ","\\"])"), JsonShape::Canonical);
}

TEST(JsonShape, BrokenTextEndsTheScan) {
    for (const char* json : {"\"", "\"\\", "{\"a", "]", "}}}", ",,\"a\":", "-", "{\"a\":1,", ""}) {
        EXPECT_LE(static_cast<int>(shape_of(json)), 2) << json;
    }
}

TEST(JsonShape, AMapOfManyKeysIsUnknown) {
    std::string json = "{";
    for (int i = 0; i < 100; ++i) {
        json += (i == 0 ? "\"k" : ",\"k") + std::to_string(i) + "x\":1";
    }
    EXPECT_EQ(shape_of(json + "}"), JsonShape::Unknown);
}

}  // namespace
}  // namespace sluice::script
