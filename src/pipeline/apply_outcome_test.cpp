#include "pipeline/apply_outcome.h"

#include <gtest/gtest.h>

namespace sluice::pipeline {
namespace {

Script script_that(bool allows_modification) {
    Script script;
    script.allows_modification = allows_modification;
    return script;
}

const Script kMay = script_that(true);
const Script kMayNot = script_that(false);

Content json_content(std::string text) {
    return {Content::Form::Json, std::move(text)};
}

TEST(ApplyPre, RaisedErrorIsTheResultWhateverIsAllowed) {
    for (const Script* script : {&kMay, &kMayNot}) {
        Outcome outcome;
        outcome.raised = Error(ErrorKind::BadRequest, "Missing first_name.");
        Request request;
        const auto effect = apply_pre(*script, std::move(outcome), request);
        ASSERT_FALSE(effect);
        EXPECT_EQ(effect.error().message(), "Missing first_name.");
    }
}

TEST(ApplyPre, EditsAreDroppedAndNamedWhenNotAllowed) {
    Outcome outcome;
    outcome.request.payload = "{}";
    outcome.response.content = json_content("{}");
    outcome.returned = json_content("1");
    Request request;
    request.content = "before";
    const auto effect = apply_pre(kMayNot, std::move(outcome), request);
    ASSERT_TRUE(effect);
    EXPECT_EQ(request.content, "before");
    EXPECT_FALSE(effect->response);
    EXPECT_EQ(effect->dropped, "request.payload, response.content, return value");
}

TEST(ApplyPre, PayloadWinsOverContent) {
    Outcome outcome;
    outcome.request.payload = R"({"a":1})";
    outcome.request.content = "text";
    Request request;
    request.content_type = "text/plain";
    ASSERT_TRUE(apply_pre(kMay, std::move(outcome), request));
    EXPECT_EQ(request.content, R"({"a":1})");
    EXPECT_EQ(request.content_type, "application/json");
}

TEST(ApplyPre, ContentCountsWhenPayloadWasLeftAlone) {
    Outcome outcome;
    outcome.request.content = "text";
    outcome.request.content_type = "text/plain";
    Request request;
    ASSERT_TRUE(apply_pre(kMay, std::move(outcome), request));
    EXPECT_EQ(request.content, "text");
    EXPECT_EQ(request.content_type, "text/plain");
}

TEST(ApplyPre, VerbIsNotTheScriptsToChange) {
    Outcome outcome;
    outcome.request.method = "DELETE";
    Request request;
    const auto effect = apply_pre(kMay, std::move(outcome), request);
    ASSERT_TRUE(effect);
    EXPECT_EQ(request.verb, Verb::Get);
    EXPECT_EQ(effect->dropped, "request.method");
}

TEST(ApplyPre, ResponseShortCircuits) {
    Outcome outcome;
    outcome.response.status = 400;
    outcome.response.content = json_content(R"({"error":"x"})");
    Request request;
    const auto effect = apply_pre(kMay, std::move(outcome), request);
    ASSERT_TRUE(effect && effect->response);
    EXPECT_EQ(effect->response->status, 400);
    EXPECT_EQ(effect->response->content, R"({"error":"x"})");
}

TEST(ApplyPre, PlainReturnHasNoEffect) {
    Outcome outcome;
    outcome.returned = json_content("[1]");
    Request request;
    const auto effect = apply_pre(kMay, std::move(outcome), request);
    ASSERT_TRUE(effect);
    EXPECT_FALSE(effect->response);
}

TEST(ApplyPre, ReturnedResponseShortCircuits) {
    Outcome outcome;
    outcome.returned = json_content(R"({"response":{"status_code":201,"content":{"a":1}}})");
    Request request;
    const auto effect = apply_pre(kMay, std::move(outcome), request);
    ASSERT_TRUE(effect && effect->response);
    EXPECT_EQ(effect->response->status, 201);
    EXPECT_EQ(effect->response->content, R"({"a":1})");
}

TEST(ApplyPre, ReturnedRequestChangesTheRequest) {
    Outcome outcome;
    outcome.returned = json_content(
        R"({"request":{"parameters":{"limit":1},"payload":{"a":1.50},"method":"DELETE"}})");
    Request request;
    request.content = "{}";
    const auto effect = apply_pre(kMay, std::move(outcome), request);
    ASSERT_TRUE(effect);
    EXPECT_FALSE(effect->response);
    EXPECT_EQ(request.parameters.get_or("limit", ""), "1");
    EXPECT_EQ(request.content, R"({"a":1.50})");
    EXPECT_EQ(effect->dropped, "request.method");
}

TEST(ApplyPre, ReturnedEventCountsWhereItDiffers) {
    Outcome outcome;
    outcome.request.content = R"({"b":2})";
    outcome.returned = json_content(
        R"({"resource":"","request":{"method":"GET","headers":{"a":"b"},"parameters":{},)"
        R"("payload":{"n":1.5},"content":"{\"b\":2}","content_type":"application/json"}})");
    Request request;
    request.content_type = "application/json";
    request.headers.set("a", "b");
    request.content = R"({"n":1.50})";
    const auto effect = apply_pre(kMay, std::move(outcome), request);
    ASSERT_TRUE(effect);
    EXPECT_EQ(request.content, R"({"b":2})");
    EXPECT_TRUE(effect->dropped.empty());
}

TEST(ApplyPre, ReturnedStatusThatIsNoneFailsTheRun) {
    Outcome outcome;
    outcome.returned = json_content(R"({"status_code":"abc"})");
    Request request;
    EXPECT_EQ(apply_pre(kMay, std::move(outcome), request).error().status(), 500);
}

TEST(ApplyPost, ReturnedNullStatusLeavesTheStatus) {
    Response response = Response::json("{}", 404);
    Outcome outcome;
    outcome.returned = json_content(R"({"content":1,"status_code":null})");
    ASSERT_TRUE(apply_post(kMay, std::move(outcome), Request{}, response));
    EXPECT_EQ(response.status, 404);
    EXPECT_EQ(response.content, "1");
}

TEST(ApplyPost, ChangesWhatItNames) {
    Response response = Response::json("{}");
    response.headers.set("x-old", "1");
    Outcome outcome;
    outcome.response.status = 404;
    outcome.response.content = json_content("[]");
    outcome.response.headers = Headers{{"X-New", "2"}};
    const auto dropped = apply_post(kMay, std::move(outcome), Request{}, response);
    ASSERT_TRUE(dropped);
    EXPECT_TRUE(dropped->empty());
    EXPECT_EQ(response.status, 404);
    EXPECT_EQ(response.content, "[]");
    EXPECT_EQ(response.headers.get_or("x-old", ""), "1");
    EXPECT_EQ(response.headers.get_or("x-new", ""), "2");
}

TEST(ApplyPost, ReturnedValueBecomesTheContent) {
    Response response = Response::json("{}", 206);
    Outcome outcome;
    outcome.returned = json_content(R"({"a":9007199254740993})");
    ASSERT_TRUE(apply_post(kMay, std::move(outcome), Request{}, response));
    EXPECT_EQ(response.status, 200);
    EXPECT_EQ(response.content, R"({"a":9007199254740993})");
}

TEST(ApplyPost, ReturnedMapWithContentIsAResponse) {
    Response response = Response::json("{}");
    Outcome outcome;
    outcome.returned = json_content(R"({"content":{"n":1.50},"status_code":404})");
    ASSERT_TRUE(apply_post(kMay, std::move(outcome), Request{}, response));
    EXPECT_EQ(response.status, 404);
    EXPECT_EQ(response.content, R"({"n":1.50})");
}

TEST(ApplyPost, FalsyReturnIsIgnored) {
    Response response = Response::json("{}");
    Outcome outcome;
    outcome.returned = json_content("0");
    outcome.returned_falsy = true;
    outcome.response.status = 202;
    ASSERT_TRUE(apply_post(kMay, std::move(outcome), Request{}, response));
    EXPECT_EQ(response.status, 202);
    EXPECT_EQ(response.content, "{}");
}

TEST(ApplyPost, RequestEditsComeTooLate) {
    Response response = Response::json("{}");
    Outcome outcome;
    outcome.request.payload = "{}";
    EXPECT_EQ(*apply_post(kMay, std::move(outcome), Request{}, response), "request.payload");
}

}  // namespace
}  // namespace sluice::pipeline
