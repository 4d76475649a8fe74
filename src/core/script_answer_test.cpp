#include "core/script_answer.h"

#include <gtest/gtest.h>

namespace sluice {
namespace {

Request accepting(std::string accept) {
    Request request;
    request.headers.set("accept", std::move(accept));
    return request;
}

Outcome returning(Content::Form form, std::string text) {
    Outcome outcome;
    outcome.returned = Content{form, std::move(text)};
    return outcome;
}

TEST(AnswerOf, NothingSaidIs200WithoutContent) {
    const auto answer = answer_of(Outcome{}, Request{});
    ASSERT_TRUE(answer);
    EXPECT_EQ(answer->status, 200);
    EXPECT_EQ(answer->content, "");
}

TEST(AnswerOf, FalsyReturnsAreSent) {
    for (const char* text : {"0", "[]", "{}", "false"}) {
        Outcome outcome = returning(Content::Form::Json, text);
        outcome.returned_falsy = true;
        EXPECT_EQ(answer_of(std::move(outcome), Request{})->content, text);
    }
}

TEST(AnswerOf, TextIsQuotedForJsonClientsOnly) {
    const auto quoted =
        answer_of(returning(Content::Form::Text, "hi"), accepting("application/json"));
    EXPECT_EQ(quoted->content, "\"hi\"");
    EXPECT_EQ(quoted->content_type, "application/json");
    const auto raw = answer_of(returning(Content::Form::Text, "hi"), accepting("*/*"));
    EXPECT_EQ(raw->content, "hi");
    EXPECT_EQ(raw->content_type, "text/plain; charset=utf-8");
}

TEST(AnswerOf, JsonTextKeepsItsTypeForOtherClients) {
    const auto answer = answer_of(returning(Content::Form::Text, R"({"a":1})"), accepting("*/*"));
    EXPECT_EQ(answer->content, R"({"a":1})");
    EXPECT_EQ(answer->content_type, "application/json");
}

TEST(AnswerOf, NamedTypeGoesOutAsItIs) {
    Outcome outcome;
    outcome.response.content_type = "text/html";
    outcome.response.content = Content{Content::Form::Text, "<p>"};
    const auto answer = answer_of(std::move(outcome), accepting("application/json"));
    EXPECT_EQ(answer->content_type, "text/html");
    EXPECT_EQ(answer->content, "<p>");
}

TEST(AnswerOf, ReturnedMapMayBeAWholeResponse) {
    const auto answer = answer_of(
        returning(
            Content::Form::Json,
            R"({"content":"x","status_code":404,"content_type":"text/x","headers":{"A":"b"}})"),
        Request{});
    EXPECT_EQ(answer->status, 404);
    EXPECT_EQ(answer->content, "x");
    EXPECT_EQ(answer->content_type, "text/x");
    EXPECT_EQ(answer->headers.get_or("a", ""), "b");
}

TEST(AnswerOf, ReturnedStatusMayBeNullOrDigits) {
    const auto status_of = [](std::string status) {
        return answer_of(
                   returning(Content::Form::Json, R"({"content":1,"status_code":)" + status + "}"),
                   Request{})
            ->status;
    };
    EXPECT_EQ(status_of("null"), 200);
    EXPECT_EQ(status_of("\"404\""), 404);
    EXPECT_EQ(status_of("404.0"), 404);
    EXPECT_EQ(status_of("599"), 599);
}

TEST(AnswerOf, ReturnedStatusThatIsNoneFails) {
    for (const char* status : {"\"abc\"", "\"\"", "\"404x\"", "199", "100", "600", "200.5", "true",
                               "[]", "{}", "99999999999999999999", "-200"}) {
        const auto answer =
            answer_of(returning(Content::Form::Json,
                                R"({"content":1,"status_code":)" + std::string(status) + "}"),
                      Request{});
        ASSERT_FALSE(answer) << status;
        EXPECT_EQ(answer.error().message(), no_status_error().message());
    }
}

TEST(AnswerOf, ResponseInAResponseIsContent) {
    EXPECT_EQ(
        answer_of(returning(Content::Form::Json, R"({"response":{"response":{"content":1}}})"),
                  Request{})
            ->content,
        R"({"response":{"response":{"content":1}}})");
}

TEST(AnswerOf, OtherMapsAreContent) {
    EXPECT_EQ(answer_of(returning(Content::Form::Json, R"({"result":3})"), Request{})->content,
              R"({"result":3})");
}

TEST(AnswerOf, RaisedErrorIsTheError) {
    Outcome outcome;
    outcome.raised = Error(ErrorKind::NotFound, "gone");
    EXPECT_EQ(answer_of(std::move(outcome), Request{}).error().status(), 404);
}

TEST(AnswerOf, BytesAreNeverCalledJson) {
    const auto answer = answer_of(returning(Content::Form::Bytes, "\x01\x02"), Request{});
    EXPECT_EQ(answer->content_type, "application/octet-stream");
}

}  // namespace
}  // namespace sluice
