#include "access/credentials.h"

#include <gtest/gtest.h>

#include "access/public_paths.h"

namespace sluice::access {
namespace {

Request with(Parameters parameters, Headers headers) {
    Request request;
    request.parameters = std::move(parameters);
    request.headers = std::move(headers);
    return request;
}

TEST(Credentials, KeyComesFromEachOfItsPlaces) {
    EXPECT_EQ(credentials_of(with({{"api_key", "q"}}, {{"x-api-key", "h"}})).api_key, "q");
    for (const char* header : {"x-dreamfactory-api-key", "x-api-key", "x-apikey"}) {
        EXPECT_EQ(credentials_of(with({}, {{header, "h"}})).api_key, "h") << header;
    }
    EXPECT_TRUE(credentials_of(with({}, {})).empty());
}

TEST(Credentials, TokenComesFromEachOfItsPlaces) {
    EXPECT_EQ(credentials_of(with({}, {{"authorization", "Bearer  t"}})).token, "t");
    EXPECT_EQ(credentials_of(with({}, {{"authorization", "bearer t"}})).token, "t");
    EXPECT_EQ(credentials_of(with({}, {{"x-dreamfactory-session-token", "t"}})).token, "t");
    EXPECT_EQ(credentials_of(with({{"session_token", "t"}}, {})).token, "t");
    EXPECT_EQ(credentials_of(with({{"session_token", "q"}}, {{"authorization", "Bearer b"}})).token,
              "b");
}

TEST(Credentials, BasicCountsOnlyWithoutAToken) {
    const Request both = with({{"session_token", "t"}}, {{"authorization", "Basic YTpi"}});
    EXPECT_EQ(credentials_of(both).basic, "");
    const Request one = with({}, {{"authorization", "Basic YTpi"}});
    const auto login = decode_basic(credentials_of(one).basic);
    ASSERT_TRUE(login);
    EXPECT_EQ(login->name, "a");
    EXPECT_EQ(login->password, "b");
    EXPECT_EQ(decode_basic("YTpiOmM")->password, "b:c");
    EXPECT_FALSE(decode_basic("!!"));
    EXPECT_FALSE(decode_basic("YQ"));
}

TEST(PublicPaths, AreExactlyTheDocumentedOnes) {
    EXPECT_TRUE(is_public_path("/api/v2/system/admin/session", Verb::Post));
    EXPECT_TRUE(is_public_path("/api/v2/user/session", Verb::Delete));
    EXPECT_TRUE(is_public_path("/api/user/session", Verb::Get));
    EXPECT_TRUE(is_public_path("/api/v2/user/session/", Verb::Get));
    EXPECT_TRUE(is_public_path("/api/v2/system/environment", Verb::Get));
    EXPECT_TRUE(is_public_path("/api/v2/system/admin/password", Verb::Post));
    EXPECT_FALSE(is_public_path("/api/v2/system/admin/password", Verb::Put));
    EXPECT_FALSE(is_public_path("/api/v2/system/environment", Verb::Post));
    EXPECT_FALSE(is_public_path("/api/v2/system/admin", Verb::Get));
    EXPECT_FALSE(is_public_path("/api/v2/system/admin/session/x", Verb::Get));
    EXPECT_FALSE(is_public_path("/api/v2/db/_table/session", Verb::Get));
    EXPECT_FALSE(is_public_path("/api/v2/system/user/session", Verb::Get));
    EXPECT_FALSE(is_public_path("/rest/user/session", Verb::Get));
    EXPECT_FALSE(is_public_path("", Verb::Get));
    EXPECT_TRUE(is_session_path("/api/v2/user/session"));
    EXPECT_FALSE(is_session_path("/api/v2/user/profile"));
}

}  // namespace
}  // namespace sluice::access
