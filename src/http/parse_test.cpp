#include "http/parse.h"

#include <cstdio>

#include <gtest/gtest.h>

#include "http/compress.h"

namespace sluice::http {
namespace {

ServerConfig small() {
    ServerConfig config;
    config.max_header_bytes = 512;
    config.max_headers = 8;
    config.max_body_bytes = 1000;
    return config;
}

/// Everything at once; the parser keeps the outcome.
struct Parsed {
    explicit Parsed(std::string_view bytes, const ServerConfig& from = small())
        : config(from), parser(config), taken(parser.put(bytes)) {}

    ErrorKind fault() const { return taken ? ErrorKind::kCount : taken.error().kind(); }

    ServerConfig config;
    RequestParser parser;
    Result<std::size_t> taken;
};

TEST(Parse, RequestHasLowerCaseHeadersAndBody) {
    Parsed parsed(
        "POST /a?b=c HTTP/1.1\r\nHost: x\r\nX-Thing: One\r\nContent-Type: text/plain\r\n"
        "Content-Length: 3\r\n\r\nabc");
    ASSERT_TRUE(parsed.parser.is_done());
    const Request request = parsed.parser.take();
    EXPECT_EQ(request.verb, Verb::Post);
    EXPECT_EQ(request.path, "/a");
    EXPECT_EQ(request.content, "abc");
    EXPECT_EQ(request.content_type, "text/plain");
    ASSERT_NE(request.headers.find("x-thing"), nullptr);
    EXPECT_EQ((request.headers.begin() + 1)->first, "x-thing");
    EXPECT_EQ((request.headers.begin() + 1)->second, "One");
}

TEST(Parse, StopsAfterOneRequest) {
    const std::string one = "GET / HTTP/1.1\r\nHost: x\r\n\r\n";
    Parsed parsed(one + one);
    EXPECT_TRUE(parsed.parser.is_done());
    EXPECT_EQ(*parsed.taken, one.size());
    parsed.parser.reset();
    EXPECT_FALSE(parsed.parser.has_started());
    EXPECT_EQ(*parsed.parser.put(one), one.size());
    EXPECT_TRUE(parsed.parser.is_done());
}

TEST(Parse, ByteByByteIsTheSameAsAtOnce) {
    const std::string bytes =
        "\r\nPUT /x%20y HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n"
        "3\r\nabc\r\n2;ext=1\r\nde\r\n0\r\nX-Trailer: t\r\n\r\n";
    const ServerConfig config = small();
    RequestParser parser(config);
    std::string waiting;
    for (const char c : bytes) {
        ASSERT_FALSE(parser.is_done());
        waiting.push_back(c);
        const auto taken = parser.put(waiting);
        ASSERT_TRUE(taken) << taken.error().message();
        waiting.erase(0, *taken);
    }
    ASSERT_TRUE(parser.is_done());
    EXPECT_EQ(parser.request().path, "/x y");
    EXPECT_EQ(parser.request().content, "abcde");
    EXPECT_FALSE(parser.request().headers.contains("x-trailer"));
}

TEST(Parse, RepeatedHeadersAreJoined) {
    Parsed parsed(
        "GET / HTTP/1.1\r\nHost: x\r\nAccept: a\r\naccept: b\r\nCookie: c=1\r\nCookie: "
        "d=2\r\n\r\n");
    EXPECT_EQ(parsed.parser.request().headers.get_or("accept", ""), "a, b");
    EXPECT_EQ(parsed.parser.request().headers.get_or("cookie", ""), "c=1; d=2");
}

TEST(Parse, HeadIsAGetWithoutBody) {
    Parsed parsed("HEAD / HTTP/1.1\r\nHost: x\r\n\r\n");
    EXPECT_EQ(parsed.parser.request().verb, Verb::Get);
    EXPECT_TRUE(parsed.parser.request().is_head);
}

TEST(Parse, UnknownMethodIs405) {
    for (const auto* method : {"BREW", "CONNECT", "TRACE", "get", "Post"}) {
        EXPECT_EQ(Parsed(std::string(method) + " / HTTP/1.1\r\nHost: x\r\n\r\n").fault(),
                  ErrorKind::MethodNotAllowed)
            << method;
    }
}

TEST(Parse, GarbageIs400) {
    for (const auto* bytes :
         {"\x16\x03\x01\x02\r\n\r\n", "GET\r\n\r\n", "GET / HTTP/2.0\r\nHost: x\r\n\r\n",
          "GET / HTTP/1.1\r\nHost : x\r\n\r\n", "GET / HTTP/1.1\r\nBad\r\n\r\n",
          "GET / HTTP/1.1\nHost: x\n\n", "GET /%zz HTTP/1.1\r\nHost: x\r\n\r\n"}) {
        EXPECT_EQ(Parsed(bytes).fault(), ErrorKind::BadRequest) << bytes;
    }
}

TEST(Parse, ExactlyOneHostIsNeeded) {
    EXPECT_EQ(Parsed("GET / HTTP/1.1\r\n\r\n").fault(), ErrorKind::BadRequest);
    EXPECT_EQ(Parsed("GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n").fault(),
              ErrorKind::BadRequest);
    EXPECT_TRUE(Parsed("GET / HTTP/1.0\r\n\r\n").parser.is_done());
}

TEST(Parse, LengthsThatDisagreeAreRefused) {
    const std::string head = "POST / HTTP/1.1\r\nHost: x\r\n";
    for (const auto* lengths :
         {"Content-Length: 3\r\nTransfer-Encoding: chunked\r\n",
          "Transfer-Encoding: chunked\r\nContent-Length: 3\r\n",
          "Content-Length: 3\r\nContent-Length: 4\r\n", "Content-Length: 3, 4\r\n",
          "Content-Length: -3\r\n", "Content-Length: +3\r\n", "Content-Length: 0x3\r\n",
          "Content-Length: 99999999999999999999\r\n", "Transfer-Encoding: gzip, chunked\r\n",
          "Transfer-Encoding: chunked, identity\r\n", "Transfer-Encoding: xchunked\r\n",
          "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n",
          "Transfer-Encoding: identity\r\n", "Content-Length:\r\n"}) {
        EXPECT_EQ(Parsed(head + lengths + "\r\nabc").fault(), ErrorKind::BadRequest) << lengths;
    }
    EXPECT_EQ(Parsed("POST / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n").fault(),
              ErrorKind::BadRequest);
}

TEST(Parse, BadChunksAreRefused) {
    const std::string head = "POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n";
    for (const auto* body : {"x\r\n", "-1\r\n", "3\r\nabcd\r\n0\r\n\r\n", "fffffffffffffffff\r\n",
                             "3 \r\nabc\r\n", "\r\n\r\n"}) {
        EXPECT_EQ(Parsed(head + body).fault(), ErrorKind::BadRequest) << body;
    }
}

TEST(Parse, HeaderLimitsHoldForPiecesToo) {
    const std::string start = "GET / HTTP/1.1\r\nHost: x\r\n";
    EXPECT_EQ(Parsed(start + "A: " + std::string(600, 'a') + "\r\n\r\n").fault(),
              ErrorKind::HeaderTooLarge);
    const Parsed line("GET /" + std::string(600, 'a'));
    EXPECT_EQ(line.fault(), ErrorKind::HeaderTooLarge);
    EXPECT_EQ(line.taken.error().status(), 414);
    std::string many = start;
    for (int i = 0; i < 9; ++i) {
        many += "A" + std::to_string(i) + ": b\r\n";
    }
    EXPECT_EQ(Parsed(many + "\r\n").fault(), ErrorKind::HeaderTooLarge);

    const ServerConfig config = small();
    RequestParser parser(config);
    std::string waiting = start;
    std::size_t sent = 0;
    ErrorKind fault = ErrorKind::kCount;
    while (fault == ErrorKind::kCount && sent < 10) {
        const auto taken = parser.put(waiting);
        fault = taken ? ErrorKind::kCount : taken.error().kind();
        waiting.erase(0, taken.value_or(0));
        waiting += "A: " + std::string(100, 'a') + "\r\n";
        ++sent;
    }
    EXPECT_EQ(fault, ErrorKind::HeaderTooLarge);
    EXPECT_LE(sent, 6U);
}

TEST(Parse, BodyLimitHoldsForEveryKindOfLength) {
    const std::string head = "POST / HTTP/1.1\r\nHost: x\r\n";
    EXPECT_EQ(Parsed(head + "Content-Length: 1001\r\n\r\n").fault(), ErrorKind::PayloadTooLarge);
    EXPECT_EQ(Parsed(head + "Content-Length: 1000\r\n\r\n").fault(), ErrorKind::kCount);
    EXPECT_EQ(Parsed(head + "Transfer-Encoding: chunked\r\n\r\n3e9\r\n").fault(),
              ErrorKind::PayloadTooLarge);
    const std::string chunk = "1f4\r\n" + std::string(500, 'a') + "\r\n";
    EXPECT_EQ(Parsed(head + "Transfer-Encoding: chunked\r\n\r\n" + chunk + chunk + "1\r\n").fault(),
              ErrorKind::PayloadTooLarge);
}

std::string zipped(std::string_view text) {
    Gzip gzip;
    std::string packed;
    gzip.begin();
    gzip.add(text, true, packed);
    return packed;
}

std::string post_zipped(const std::string& packed, std::string_view coding = "gzip") {
    return "POST / HTTP/1.1\r\nHost: x\r\nContent-Encoding: " + std::string(coding) +
           "\r\nContent-Length: " + std::to_string(packed.size()) + "\r\n\r\n" + packed;
}

TEST(Parse, CompressedBodyIsUnpacked) {
    Parsed parsed(post_zipped(zipped("hello hello hello")));
    ASSERT_TRUE(parsed.parser.is_done());
    const Request& request = parsed.parser.request();
    EXPECT_EQ(request.content, "hello hello hello");
    EXPECT_FALSE(request.headers.contains("content-encoding"));
    EXPECT_EQ(request.headers.get_or("content-length", ""), "17");
}

TEST(Parse, BombIsRefusedAtTheLimit) {
    Parsed parsed(post_zipped(zipped(std::string(900UL * 1024, 'a'))));
    EXPECT_EQ(parsed.fault(), ErrorKind::PayloadTooLarge);
    EXPECT_LE(parsed.parser.body_bytes(), 1000U);
}

TEST(Parse, LargeCompressedBodyIsUnpackedInSteps) {
    ServerConfig config;
    const std::string text(10UL * 1024 * 1024, 'a');
    const std::string packed = zipped(text);
    for (const bool is_chunked : {false, true}) {
        std::string bytes = post_zipped(packed);
        if (is_chunked) {
            char size[16];
            std::snprintf(size, sizeof size, "%zx\r\n", packed.size());
            bytes =
                "POST / HTTP/1.1\r\nHost: x\r\nContent-Encoding: gzip\r\n"
                "Transfer-Encoding: chunked\r\n\r\n" +
                std::string(size) + packed + "\r\n0\r\n\r\n";
        }
        RequestParser parser(config);
        std::string_view rest = bytes;
        std::size_t before = 0;
        int steps = 0;
        while (!parser.is_done()) {
            const auto taken = parser.put(rest);
            ASSERT_TRUE(taken);
            rest.remove_prefix(*taken);
            EXPECT_NE(parser.is_paused(), parser.is_done());
            EXPECT_LE(parser.body_bytes() - before, 600UL * 1024) << "of one step";
            before = parser.body_bytes();
            ++steps;
        }
        EXPECT_TRUE(rest.empty());
        EXPECT_GE(steps, 10);
        EXPECT_EQ(parser.request().content, text);
    }
}

TEST(Parse, BrokenCompressionIsRefused) {
    EXPECT_EQ(Parsed(post_zipped("no gzip at all")).fault(), ErrorKind::BadRequest);
    std::string packed = zipped("hello hello hello");
    packed.resize(packed.size() - 4);
    EXPECT_EQ(Parsed(post_zipped(packed)).fault(), ErrorKind::BadRequest);
    EXPECT_EQ(Parsed(post_zipped("x", "br")).fault(), ErrorKind::UnsupportedMedia);
    EXPECT_EQ(Parsed(post_zipped("x", "gzip, gzip")).fault(), ErrorKind::UnsupportedMedia);
    EXPECT_EQ(Parsed(post_zipped("x", "identity")).fault(), ErrorKind::kCount);
}

TEST(Parse, EmptyBodyIsNoBrokenGzip) {
    Parsed parsed(post_zipped(""));
    EXPECT_TRUE(parsed.parser.is_done());
    EXPECT_EQ(parsed.parser.request().content, "");
}

TEST(Parse, FramingFollowsVersionAndConnection) {
    const auto keeps_alive = [](std::string_view bytes) {
        return Parsed(bytes).parser.framing().keeps_alive;
    };
    EXPECT_TRUE(keeps_alive("GET / HTTP/1.1\r\nHost: x\r\n\r\n"));
    EXPECT_FALSE(keeps_alive("GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"));
    EXPECT_FALSE(keeps_alive("GET / HTTP/1.0\r\n\r\n"));
    EXPECT_TRUE(keeps_alive("GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n"));
}

TEST(Parse, AcceptEncodingIsUnderstood) {
    const auto accepts = [](const std::string& value) {
        return Parsed("GET / HTTP/1.1\r\nHost: x\r\nAccept-Encoding: " + value + "\r\n\r\n")
            .parser.framing()
            .accepts_gzip;
    };
    EXPECT_TRUE(accepts("gzip"));
    EXPECT_TRUE(accepts("br, GZIP;q=0.5"));
    EXPECT_TRUE(accepts("*"));
    EXPECT_FALSE(accepts("br"));
    EXPECT_FALSE(accepts("gzip;q=0"));
    EXPECT_FALSE(accepts("gzip;q=0.000"));
    EXPECT_FALSE(accepts(""));
}

TEST(Parse, RequestIdMustBeAPlainToken) {
    const auto id = [](const std::string& value) {
        return std::string(
            Parsed("GET / HTTP/1.1\r\nHost: x\r\nX-Request-Id: " + value + "\r\n\r\n")
                .parser.request_id());
    };
    EXPECT_EQ(id("abc-1.2_3"), "abc-1.2_3");
    EXPECT_EQ(id("a b"), "");
    EXPECT_EQ(id("a\"b"), "");
    EXPECT_EQ(id(std::string(65, 'a')), "");
}

TEST(Parse, ExpectationsAreContinueOrNone) {
    const std::string head = "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\nExpect: ";
    Parsed parsed(head + "100-Continue\r\n\r\n");
    EXPECT_TRUE(parsed.parser.expects_continue());
    EXPECT_FALSE(parsed.parser.is_done());
    Parsed other(head + "wonders\r\n\r\n");
    ASSERT_FALSE(other.taken);
    EXPECT_EQ(other.taken.error().status(), 417);
}

TEST(Parse, StarIsForOptionsOnly) {
    EXPECT_EQ(Parsed("OPTIONS * HTTP/1.1\r\nHost: x\r\n\r\n").parser.request().path, "*");
    EXPECT_EQ(Parsed("GET * HTTP/1.1\r\nHost: x\r\n\r\n").fault(), ErrorKind::BadRequest);
}

}  // namespace
}  // namespace sluice::http
