#include "script/api_options.h"

#include <gtest/gtest.h>

namespace sluice::script {
namespace {

ApiCall with(Fields options) {
    ApiCall call;
    call.options = std::move(options);
    return call;
}

TEST(ApiOptions, HeadersMayBeAListOfLines) {
    for (const char* name : {"headers", "CURLOPT_HTTPHEADER", "10023"}) {
        ApiCall call = with({{name, R"(["X-A: b:c ", "X-D:e", "no header", 5, ": none"])"}});
        ASSERT_TRUE(apply_options(call, false)) << name;
        EXPECT_EQ(call.headers.size(), 2U) << name;
        EXPECT_EQ(call.headers.get_or("X-A", ""), "b:c") << name;
        EXPECT_EQ(call.headers.get_or("X-D", ""), "e") << name;
    }
}

TEST(ApiOptions, CurlsHeadersMayBeAMap) {
    ApiCall call = with({{"CURLOPT_HTTPHEADER", R"({"X-A":"b","X-N":5})"}});
    ASSERT_TRUE(apply_options(call, false));
    EXPECT_EQ(call.headers, Headers({{"X-A", "b"}}));
}

TEST(ApiOptions, AHeaderOfItsOwnWinsOverCurls) {
    ApiCall call = with({{"CURLOPT_HTTPHEADER", R"(["X-A: curl"])"}});
    call.headers = {{"X-A", "own"}};
    ASSERT_TRUE(apply_options(call, false));
    EXPECT_EQ(call.headers.get_or("X-A", ""), "own");
}

TEST(ApiOptions, WhatIsOfTheTransportHasNoEffect) {
    ApiCall call =
        with({{"CURLOPT_TIMEOUT", "5"}, {"CURLOPT_SSL_VERIFYPEER", "false"}, {"13", "5"}});
    ASSERT_TRUE(apply_options(call, true));
    EXPECT_TRUE(call.headers.empty());
}

TEST(ApiOptions, WhatWouldChangeTheCallIsRefusedByName) {
    for (const char* name : {"CURLOPT_POSTFIELDS", "10015", "CURLOPT_CUSTOMREQUEST", "47"}) {
        ApiCall call = with({{name, "x"}});
        const Status status = apply_options(call, true);
        ASSERT_FALSE(status) << name;
        EXPECT_EQ(status.error().kind(), ErrorKind::BadRequest);
        EXPECT_NE(status.error().message().find(name), std::string::npos);
    }
}

TEST(ApiOptions, WhatNobodyKnowsIsRefusedByName) {
    ApiCall call = with({{"timeout", "5"}});
    const Status status = apply_options(call, false);
    ASSERT_FALSE(status);
    EXPECT_EQ(status.error().message(), "platform.api knows no option 'timeout'.");
}

TEST(ApiOptions, BareOptionsAreHeadersWhereTheyAlwaysWere) {
    ApiCall bare = with({{"X-A", "b"}});
    ASSERT_TRUE(apply_options(bare, true));
    EXPECT_EQ(bare.headers, Headers({{"X-A", "b"}}));

    ApiCall mixed = with({{"X-A", "b"}});
    mixed.parameters = {{"limit", "5"}};
    EXPECT_FALSE(apply_options(mixed, true));
}

TEST(ApiOptions, BrokenListsSayNothing) {
    ApiCall call = with({{"CURLOPT_HTTPHEADER", "[\"X-A: b\""}});
    ASSERT_TRUE(apply_options(call, false));
    EXPECT_TRUE(call.headers.empty());
}

}  // namespace
}  // namespace sluice::script
