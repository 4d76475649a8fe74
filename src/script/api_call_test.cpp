#include "script/api_call.h"

#include <gtest/gtest.h>

namespace sluice::script {
namespace {

Call caller() {
    Call call;
    auto principal = std::make_shared<Principal>();
    principal->api_key = "key";
    call.principal = principal;
    call.request.origin.depth = 2;
    call.request.origin.request_id = "abc";
    return call;
}

TEST(ApiCallRequest, EveryFormOfAPathLeadsInside) {
    for (const char* path : {"db/_table/x", "/db/_table/x", "/api/v2/db/_table/x",
                             "api/v2/db/_table/x", "//db/_table/x"}) {
        ApiCall call;
        call.method = "GET";
        call.path = path;
        const auto request = request_of(std::move(call), caller(), {});
        ASSERT_TRUE(request) << path;
        EXPECT_EQ(request->path, "/api/v2/db/_table/x") << path;
    }
}

TEST(ApiCallRequest, CarriesTheCallersRightsOneDeeper) {
    ApiCall call;
    call.method = "get";
    call.path = "db";
    const Deadline deadline = Deadline::after(std::chrono::seconds(1));
    const auto request = request_of(std::move(call), caller(), deadline);
    ASSERT_TRUE(request);
    EXPECT_EQ(request->origin.principal->api_key, "key");
    EXPECT_EQ(request->origin.requestor, Requestor::Script);
    EXPECT_EQ(request->origin.depth, 3);
    EXPECT_EQ(request->origin.request_id, "abc");
    EXPECT_EQ(request->origin.deadline.at(), deadline.at());
}

TEST(ApiCallRequest, ParametersWinOverTheQueryInThePath) {
    ApiCall call;
    call.method = "GET";
    call.path = "db/_table/x?limit=1&filter=a%3D1";
    call.parameters.set("limit", "5");
    const auto request = request_of(std::move(call), caller(), {});
    EXPECT_EQ(request->parameters.get_or("limit", ""), "5");
    EXPECT_EQ(request->parameters.get_or("filter", ""), "a=1");
}

TEST(ApiCallRequest, NativePayloadIsJsonTextKeepsItsType) {
    ApiCall call;
    call.method = "POST";
    call.path = "db";
    call.payload = Content{Content::Form::Json, "{}"};
    EXPECT_EQ(request_of(std::move(call), caller(), {})->content_type, "application/json");
    ApiCall text;
    text.method = "POST";
    text.path = "db";
    text.headers.set("Content-Type", "text/csv");
    text.payload = Content{Content::Form::Text, "a,b"};
    const auto request = request_of(std::move(text), caller(), {});
    EXPECT_EQ(request->content_type, "text/csv");
    EXPECT_EQ(request->content, "a,b");
}

TEST(ApiCallRequest, RefusesWhatItCannotServe) {
    const std::vector<std::tuple<std::string, std::string, ErrorKind>> cases{
        {"FETCH", "db", ErrorKind::BadRequest},
        {"GET", "db/%zz", ErrorKind::BadRequest},
        {"GET", "db?x=%00", ErrorKind::BadRequest},
    };
    for (const auto& [method, path, kind] : cases) {
        ApiCall call;
        call.method = method;
        call.path = path;
        const auto request = request_of(std::move(call), caller(), {});
        ASSERT_FALSE(request) << path;
        EXPECT_EQ(request.error().kind(), kind) << path;
    }
}

TEST(ApiCallOutbound, TellsOtherServersFromThisOne) {
    EXPECT_TRUE(is_absolute("http://example.com/x"));
    EXPECT_TRUE(is_absolute("HTTPS://example.com"));
    EXPECT_FALSE(is_absolute("/api/v2/db"));
    EXPECT_FALSE(is_absolute("httpbin/_table/x"));
    EXPECT_FALSE(is_absolute("db/http://x"));
}

TEST(ApiCallOutbound, ParametersStandBehindTheUrls) {
    ApiCall call;
    call.method = "GET";
    call.path = "http://a/x?one=1#part";
    call.parameters.set("q", "a b&c");
    EXPECT_EQ(outbound_of(call, {})->url, "http://a/x?one=1&q=a%20b%26c");
    call.path = "http://a";
    EXPECT_EQ(outbound_of(call, {})->url, "http://a?q=a%20b%26c");
}

TEST(ApiCallOutbound, MapsAreSentAsJson) {
    ApiCall call;
    call.method = "post";
    call.path = "http://a";
    call.headers.set("X-One", "1");
    call.payload = Content{Content::Form::Json, R"({"a":1})"};
    const auto request = outbound_of(call, {});
    EXPECT_EQ(request->method, "POST");
    EXPECT_EQ(request->content, R"({"a":1})");
    EXPECT_EQ(request->headers.get_or("content-type", ""), "application/json");
    EXPECT_EQ(request->headers.get_or("x-one", ""), "1");
    call.headers.set("Content-Type", "application/vnd.x+json");
    EXPECT_EQ(outbound_of(call, {})->headers.get_or("content-type", ""), "application/vnd.x+json");
    call.payload = Content{Content::Form::Text, "text"};
    call.headers.remove("Content-Type");
    EXPECT_FALSE(outbound_of(call, {})->headers.contains("content-type"));
}

TEST(ApiCallOutbound, KnowsNoOtherVerbs) {
    ApiCall call;
    call.method = "FETCH";
    call.path = "http://a";
    EXPECT_EQ(outbound_of(call, {}).error().kind(), ErrorKind::BadRequest);
}

}  // namespace
}  // namespace sluice::script
