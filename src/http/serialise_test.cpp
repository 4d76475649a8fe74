#include "http/serialise.h"

#include <gtest/gtest.h>

#include "http/date.h"

namespace sluice::http {
namespace {

std::string head_of(const Response& response, Framing framing = {.keeps_alive = true}) {
    std::string out;
    append_head(response,
                {.framing = framing, .request_id = "id1", .date = "Sat, 21 Nov 2026 09:10:10 GMT"},
                out);
    return out;
}

TEST(Serialise, HeadHasStatusTypeLengthDateAndId) {
    EXPECT_EQ(head_of(Response::json("{}", 201)),
              "HTTP/1.1 201 Created\r\nDate: Sat, 21 Nov 2026 09:10:10 GMT\r\n"
              "Content-Type: application/json\r\nContent-Length: 2\r\nX-Request-Id: id1\r\n\r\n");
}

TEST(Serialise, EmptyContentHasLengthZeroAndNoType) {
    const std::string head = head_of(Response{});
    EXPECT_NE(head.find("HTTP/1.1 200 OK\r\n"), std::string::npos);
    EXPECT_NE(head.find("Content-Length: 0\r\n"), std::string::npos);
    EXPECT_EQ(head.find("Content-Type"), std::string::npos);
}

TEST(Serialise, NoContentHasNoLength) {
    Response response = Response::json("ignored", 204);
    EXPECT_EQ(head_of(response).find("Content-Length"), std::string::npos);
    EXPECT_FALSE(sends_content(response, {}));
    EXPECT_FALSE(may_have_content(304));
}

TEST(Serialise, StatusThatEndsNoExchangeIs500) {
    for (const int status : {0, -1, 42, 99, 100, 101, 199, 600, 1000}) {
        EXPECT_EQ(wire_status(status), 500) << status;
    }
    for (const int status : {200, 226, 299, 301, 306, 404, 418, 451, 511, 599}) {
        EXPECT_EQ(wire_status(status), status);
    }
}

TEST(Serialise, StatusWithoutANameHasAnEmptyReason) {
    EXPECT_TRUE(head_of(Response::json("{}", 299)).starts_with("HTTP/1.1 299 \r\n"));
}

TEST(Serialise, HeadersCannotBreakOutOfTheirLine) {
    Response response = Response::json("{}");
    response.headers.set("x-good", "a\tb");
    response.headers.set("x-split", "a\r\nSet-Cookie: evil=1");
    response.headers.set("x-line", "a\nb");
    response.headers.set("x-nul", std::string("a\0b", 3));
    response.headers.set("bad name", "c");
    response.headers.set("bad\r\nname", "c");
    response.headers.set("", "c");
    const std::string head = head_of(response);
    EXPECT_NE(head.find("x-good: a\tb\r\n"), std::string::npos);
    for (const auto* bad : {"evil", "x-split", "x-line", "x-nul", "bad", "\r\n: "}) {
        EXPECT_EQ(head.find(bad), std::string::npos) << bad;
    }
}

TEST(Serialise, ContentTypeCannotBreakOutEither) {
    Response response = Response::json("{}");
    response.content_type = "text/html\r\nX-Evil: 1";
    EXPECT_EQ(head_of(response).find("Evil"), std::string::npos);
}

TEST(Serialise, ContentTypeMayComeFromTheHeaders) {
    Response response = Response::json("hello");
    response.headers.set("Content-Type", "text/html");
    EXPECT_NE(head_of(response).find("Content-Type: application/json\r\n"), std::string::npos);
    EXPECT_EQ(head_of(response).find("text/html"), std::string::npos);
    response.content_type.clear();
    EXPECT_NE(head_of(response).find("Content-Type: text/html\r\n"), std::string::npos);
}

TEST(Serialise, HeadersOfTheConnectionAreOurs) {
    Response response = Response::json("{}");
    for (const auto* name : {"Connection", "content-length", "Transfer-Encoding", "Keep-Alive",
                             "Upgrade", "TE", "Trailer", "X-Request-Id", "Server", "Date"}) {
        response.headers.set(name, "script");
    }
    EXPECT_EQ(head_of(response).find("script"), std::string::npos);
}

TEST(Serialise, ConnectionFollowsTheFraming) {
    const Response response = Response::json("{}");
    EXPECT_EQ(head_of(response, {.keeps_alive = true}).find("Connection"), std::string::npos);
    EXPECT_NE(head_of(response, {.keeps_alive = false}).find("Connection: close\r\n"),
              std::string::npos);
    EXPECT_NE(head_of(response, {.keeps_alive = true, .is_http_1_0 = true})
                  .find("Connection: keep-alive\r\n"),
              std::string::npos);
}

TEST(Serialise, CompressesLargeTextOnly) {
    Response response = Response::json(std::string(2000, 'a'));
    EXPECT_TRUE(is_compressible(response, 1024));
    EXPECT_FALSE(is_compressible(response, 0));
    EXPECT_FALSE(is_compressible(Response::json("{}"), 1024));
    for (const auto* type : {"text/csv", "application/xml", "application/vnd.api+json; a=b"}) {
        response.content_type = type;
        EXPECT_TRUE(is_compressible(response, 1024)) << type;
    }
    for (const auto* type : {"image/png", "application/zip", ""}) {
        response.content_type = type;
        EXPECT_FALSE(is_compressible(response, 1024)) << type;
    }
    response.content_type = "text/plain";
    response.headers.set("Content-Encoding", "br");
    EXPECT_FALSE(is_compressible(response, 1024));
}

TEST(Serialise, DateIsTheOneOfHttp) {
    EXPECT_EQ(http_date(784111777), "Sun, 06 Nov 1994 08:49:37 GMT");
}

}  // namespace
}  // namespace sluice::http
