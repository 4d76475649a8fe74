#include "access/token.h"

#include <gtest/gtest.h>

#include "access/base64url.h"

namespace sluice::access {
namespace {

constexpr std::string_view kKey = "a key of thirty-two bytes or so.";

Claims claims() {
    Claims claims;
    claims.user_id = 7;
    claims.sub = subject_of("ada@example.com");
    claims.iat = 1000;
    claims.exp = 2000;
    claims.jti = "x";
    return claims;
}

std::string part(const std::string& token, int number) {
    std::size_t at = 0;
    for (int i = 0; i < number; ++i) {
        at = token.find('.', at) + 1;
    }
    return token.substr(at, token.find('.', at) - at);
}

TEST(Token, CarriesItsClaims) {
    const auto back = read_token(sign_token(claims(), kKey), kKey);
    ASSERT_TRUE(back);
    EXPECT_EQ(back->user_id, 7);
    EXPECT_EQ(back->sub, claims().sub);
    EXPECT_EQ(back->iat, 1000);
    EXPECT_EQ(back->exp, 2000);
    EXPECT_FALSE(back->forever);
}

TEST(Token, SubjectIsTheMd5OfTheEmail) {
    EXPECT_EQ(subject_of("admin@example.com"), "e64c7d89f26bd1972efa854d13d7dd61");
}

TEST(Token, AnotherKeyDoesNotFit) {
    const auto read = read_token(sign_token(claims(), kKey), "another key");
    ASSERT_FALSE(read);
    EXPECT_EQ(read.error().kind(), ErrorKind::Unauthorized);
    EXPECT_TRUE(read.error().message().starts_with("Invalid token: "));
}

TEST(Token, EveryChangedCharacterIsNoticed) {
    const std::string token = sign_token(claims(), kKey);
    for (std::size_t i = 0; i < token.size(); ++i) {
        std::string changed = token;
        changed[i] = changed[i] == 'A' ? 'B' : 'A';
        EXPECT_FALSE(read_token(changed, kKey)) << "at " << i;
    }
}

TEST(Token, OtherAlgorithmsAreRefused) {
    const std::string payload = part(sign_token(claims(), kKey), 1);
    for (const char* header : {R"({"alg":"none"})", R"({"alg":"HS512"})", R"({"alg":"RS256"})",
                               R"({})", R"({"alg":"hs256"})", R"({"alg":"HS256","crit":["x"]})"}) {
        const std::string start = to_base64url(header) + "." + payload;
        EXPECT_FALSE(read_token(start + ".", kKey)) << header;
        EXPECT_FALSE(read_token(start, kKey)) << header;
        EXPECT_FALSE(read_token(start + "." + part(sign_token(claims(), kKey), 2), kKey)) << header;
    }
}

TEST(Token, RubbishIsRefused) {
    for (const char* text : {"", ".", "..", "...", "a.b.c", "a.b.c.d", "\n", "null"}) {
        EXPECT_FALSE(read_token(text, kKey)) << text;
    }
    EXPECT_FALSE(read_token(std::string(100'000, 'A'), kKey));
}

TEST(Base64Url, RoundTripsEveryLength) {
    std::string bytes;
    for (int i = 0; i < 70; ++i) {
        EXPECT_EQ(from_base64url(to_base64url(bytes)), bytes);
        bytes.push_back(static_cast<char>(i * 37));
    }
}

TEST(Base64Url, OneTextHasOneSpelling) {
    EXPECT_EQ(from_base64url("QQ"), "A");
    EXPECT_FALSE(from_base64url("QR")) << "bits left over";
    EXPECT_FALSE(from_base64url("QQ=="));
    EXPECT_FALSE(from_base64url("Q"));
    EXPECT_FALSE(from_base64url("Q+"));
    EXPECT_EQ(from_base64("YTpi"), "a:b");
    EXPECT_EQ(from_base64("YTo="), "a:");
}

}  // namespace
}  // namespace sluice::access
