#include "http/request_id.h"

#include <set>

#include <gtest/gtest.h>

namespace sluice::http {
namespace {

TEST(RequestIds, AreShortPlainAndDifferent) {
    RequestIds ids;
    std::set<std::string> seen;
    for (int i = 0; i < 10'000; ++i) {
        const std::string id = ids.next();
        EXPECT_EQ(id.size(), 13U);
        EXPECT_TRUE(is_request_id(id));
        EXPECT_TRUE(seen.insert(id).second);
    }
}

TEST(RequestIds, TwoSourcesDiffer) {
    EXPECT_NE(RequestIds().next(), RequestIds().next());
}

TEST(RequestId, OnlyPlainShortTokensPass) {
    EXPECT_TRUE(is_request_id("A.b_c-9"));
    EXPECT_FALSE(is_request_id(""));
    EXPECT_FALSE(is_request_id("a b"));
    EXPECT_FALSE(is_request_id("a\nb"));
    EXPECT_FALSE(is_request_id("\xC3\xA9"));
    EXPECT_TRUE(is_request_id(std::string(64, 'a')));
    EXPECT_FALSE(is_request_id(std::string(65, 'a')));
}

}  // namespace
}  // namespace sluice::http
