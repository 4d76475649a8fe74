#include "core/payload.h"

#include <gtest/gtest.h>

namespace sluice {
namespace {

Request with_body(std::string type, std::string content) {
    Request request;
    request.content_type = std::move(type);
    request.content = std::move(content);
    return request;
}

TEST(ConvertedPayload, JsonAndNothingAreUsedAsTheyAre) {
    EXPECT_EQ(*converted_payload(with_body("application/json", R"({"a":1})")), std::nullopt);
    EXPECT_EQ(*converted_payload(with_body("application/json; charset=utf-8", "[]")), std::nullopt);
    EXPECT_EQ(*converted_payload(with_body("", "")), std::nullopt);
}

TEST(ConvertedPayload, MalformedJsonNamesTheByte) {
    const auto payload = converted_payload(with_body("application/json", R"({"a":})"));
    ASSERT_FALSE(payload);
    EXPECT_EQ(payload.error().kind(), ErrorKind::BadRequest);
    EXPECT_NE(payload.error().message().find("request body at byte 5"), std::string::npos)
        << payload.error().message();
}

TEST(ConvertedPayload, FormBecomesAMap) {
    EXPECT_EQ(*converted_payload(with_body("application/x-www-form-urlencoded", "a=1&b=x+y%21")),
              R"({"a":"1","b":"x y!"})");
}

TEST(ConvertedPayload, JsonUnderCurlsDefaultTypeIsJson) {
    EXPECT_EQ(*converted_payload(with_body("application/x-www-form-urlencoded", R"({"a":1})")),
              std::nullopt);
}

TEST(ConvertedPayload, TextBecomesAString) {
    EXPECT_EQ(*converted_payload(with_body("text/plain", "a\"b")), R"("a\"b")");
}

TEST(ConvertedPayload, UnknownTypeIsSniffedOrRefused) {
    EXPECT_EQ(*converted_payload(with_body("", " [1]")), std::nullopt);
    const auto refused = converted_payload(with_body("image/png", "\x89PNG"));
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().message(), "Unrecognized payload type 'image/png'.");
}

TEST(ParseQuery, LastOfRepeatedNamesWins) {
    EXPECT_EQ(parse_query("a=1&a=2")->get_or("a", ""), "2");
}

TEST(ParseQuery, NameWithoutValueIsEmpty) {
    const auto parameters = parse_query("&count_only&x=");
    ASSERT_TRUE(parameters);
    EXPECT_EQ(parameters->size(), 2U);
    EXPECT_TRUE(parameters->contains("count_only"));
}

TEST(PercentDecoded, RefusesBrokenAndHostileText) {
    for (const char* text : {"%", "%1", "%zz", "%00", "%ff", "a%c3"}) {
        EXPECT_FALSE(percent_decoded(text, true)) << text;
    }
    EXPECT_EQ(*percent_decoded("a%2Fb+c", false), "a/b+c");
    EXPECT_EQ(*percent_decoded("%C3%A9", true), "é");
}

}  // namespace
}  // namespace sluice
