// What hostile and broken clients get.
#include "http/testing.h"

namespace sluice::http {
namespace {

using namespace std::chrono_literals;
using testing::body_of;
using testing::Client;
using testing::get;
using testing::post;
using testing::TestServer;

ServerConfig strict() {
    ServerConfig config;
    config.max_header_bytes = 8192;
    config.max_body_bytes = 100'000;
    config.header_time = 200ms;
    config.transfer_time = 200ms;
    config.idle_time = 200ms;
    config.min_bytes_per_second = 1'000'000;
    return config;
}

TEST(Limits, SlowHeaderIs408) {
    TestServer server(strict());
    Client client(server.port());
    client.send("GET / HT");
    EXPECT_TRUE(client.answer().starts_with("HTTP/1.1 408 Request Timeout\r\n"));
    EXPECT_TRUE(client.is_closed());
}

TEST(Limits, DrippedHeaderIs408AllTheSame) {
    TestServer server(strict());
    Client client(server.port());
    client.send("GET / HTTP/1.1\r\nHost: x\r\n");
    const auto began = std::chrono::steady_clock::now();
    while (std::chrono::steady_clock::now() - began < 1s && client.send("A: b\r\n")) {
        std::this_thread::sleep_for(20ms);
    }
    EXPECT_TRUE(client.answer().starts_with("HTTP/1.1 408"));
}

TEST(Limits, SlowBodyIs408) {
    TestServer server(strict());
    Client client(server.port());
    client.send("POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 5000\r\n\r\nabc");
    EXPECT_TRUE(client.answer().starts_with("HTTP/1.1 408"));
    EXPECT_TRUE(client.is_closed());
}

TEST(Limits, SilentConnectionIsClosedWithoutAWord) {
    TestServer server(strict());
    Client client(server.port());
    EXPECT_TRUE(client.is_closed());
}

TEST(Limits, IdleConnectionIsClosedWithoutAWord) {
    TestServer server(strict());
    Client client(server.port());
    EXPECT_TRUE(client.ask(get("/")).starts_with("HTTP/1.1 200"));
    EXPECT_TRUE(client.is_closed());
}

TEST(Limits, ClientThatDoesNotReadIsDropped) {
    ServerConfig config = strict();
    config.min_bytes_per_second = 1'000'000'000;
    const auto handler = [](Request) -> Task<Response> {
        std::string large;
        large.resize(20'000'000, 'r');
        co_return Response::json("\"" + large + "\"");
    };
    TestServer server(config, handler);
    Client client(server.port());
    client.send(get("/"));
    const auto began = std::chrono::steady_clock::now();
    while (server.connections() == 0 && std::chrono::steady_clock::now() - began < 10s) {
        std::this_thread::sleep_for(1ms);
    }
    while (server.connections() > 0 && std::chrono::steady_clock::now() - began < 10s) {
        std::this_thread::sleep_for(20ms);
    }
    EXPECT_EQ(server.connections(), 0U);
}

TEST(Limits, ClientThatReadsNothingIsNotGivenTheTimeOfAllThatIsLeft) {
    ServerConfig config = strict();
    config.min_bytes_per_second = 10'000'000;  // 200 MB would take 20 s
    const auto handler = [](Request) -> Task<Response> {
        co_return Response::json("\"" + std::string(200'000'000, 'r') + "\"");
    };
    TestServer server(config, handler);
    Client client(server.port());
    client.send(get("/"));
    const auto began = std::chrono::steady_clock::now();
    while (server.connections() == 0 && std::chrono::steady_clock::now() - began < 10s) {
        std::this_thread::sleep_for(1ms);
    }
    while (server.connections() > 0 && std::chrono::steady_clock::now() - began < 10s) {
        std::this_thread::sleep_for(20ms);
    }
    EXPECT_EQ(server.connections(), 0U);
}

TEST(Limits, AnswersThatNobodyTakesAreBoundedTogether) {
    ServerConfig config;
    config.max_buffered_bytes = 30'000'000;
    const auto handler = [](Request request) -> Task<Response> {
        co_return Response::json(
            "\"" + std::string(request.path == "/large" ? 20'000'000 : 10, 'r') + "\"");
    };
    TestServer server(config, handler);
    Client unread(server.port());
    unread.send(get("/large"));
    std::this_thread::sleep_for(200ms);
    EXPECT_TRUE(Client(server.port()).ask(get("/large")).starts_with("HTTP/1.1 503"));
    EXPECT_TRUE(Client(server.port()).ask(get("/small")).starts_with("HTTP/1.1 200"));
    EXPECT_TRUE(unread.answer().starts_with("HTTP/1.1 200"));
    EXPECT_TRUE(Client(server.port()).ask(get("/large")).starts_with("HTTP/1.1 200"));
}

TEST(Limits, HugeHeaderIs431) {
    TestServer server(strict());
    Client client(server.port());
    client.send(get("/", "X: " + std::string(200'000, 'x') + "\r\n"));
    EXPECT_TRUE(client.answer().starts_with("HTTP/1.1 431"));
    EXPECT_TRUE(client.is_closed());
}

TEST(Limits, HugeTargetIs414) {
    TestServer server(strict());
    for (const std::size_t size : {8'192UL, 20'000UL, 200'000UL}) {
        Client client(server.port());
        client.send(get("/" + std::string(size, 'x')));
        const std::string answer = client.answer();
        EXPECT_TRUE(answer.starts_with("HTTP/1.1 414 URI Too Long")) << answer;
    }
}

TEST(Limits, RefusalsAreErrorsAsDocumented) {
    TestServer server(strict());
    const auto refusal = [&server](const std::string& bytes) {
        Client client(server.port());
        client.send(bytes);
        return body_of(client.answer());
    };
    EXPECT_EQ(refusal(get("/" + std::string(20'000, 'x'))),
              R"({"error":{"code":414,"context":null,"message":"The request's URL is too long.",)"
              R"("status_code":414}})");
    EXPECT_EQ(refusal(get("/", "X: " + std::string(20'000, 'x') + "\r\n")),
              R"({"error":{"code":431,"context":null,)"
              R"("message":"The request's headers are too large.","status_code":431}})");
    EXPECT_EQ(refusal(post("/", std::string(200'000, 'x'))),
              R"({"error":{"code":413,"context":null,"message":"The body is too large.",)"
              R"("status_code":413}})");
    EXPECT_EQ(refusal("POST / HTTP/1.1\r\nHost: x\r\nExpect: tea\r\n\r\n"),
              R"({"error":{"code":417,"context":null,"message":"Unknown expectation.",)"
              R"("status_code":417}})");
}

TEST(Limits, HugeBodyIs413EvenWhileTheClientSends) {
    TestServer server(strict());
    Client client(server.port());
    client.send(post("/", std::string(3'000'000, 'x')));
    EXPECT_TRUE(client.answer().starts_with("HTTP/1.1 413"));
}

TEST(Limits, HugeBodyIsRefusedBeforeItIsSent) {
    TestServer server(strict());
    Client client(server.port());
    const std::string answer = client.ask(
        "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 100001\r\nExpect: 100-continue\r\n\r\n");
    EXPECT_TRUE(answer.starts_with("HTTP/1.1 413")) << answer;
}

TEST(Limits, EndlessChunksAre413) {
    TestServer server(strict());
    Client client(server.port());
    client.send("POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n");
    const std::string chunk = "1000\r\n" + std::string(4096, 'c') + "\r\n";
    for (int i = 0; i < 100 && client.send(chunk); ++i) {
    }
    EXPECT_TRUE(client.answer().starts_with("HTTP/1.1 413"));
}

TEST(Limits, EndlessChunkExtensionIsRefused) {
    TestServer server(strict());
    Client client(server.port());
    client.send("POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n1;a=");
    client.send(std::string(50'000, 'e'));
    const std::string answer = client.answer();
    EXPECT_TRUE(answer.starts_with("HTTP/1.1 4")) << answer;
}

TEST(Limits, GarbageIs400AndCloses) {
    TestServer server(strict());
    for (const auto* garbage :
         {"\x16\x03\x01\x02\x00\x01\x00\x01\xFC\x03\x03 hello\r\n\r\n", "hello\r\n\r\n",
          "GET / HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n"}) {
        Client client(server.port());
        client.send(garbage);
        EXPECT_TRUE(client.answer().starts_with("HTTP/1.1 400")) << garbage;
        EXPECT_TRUE(client.is_closed());
    }
}

TEST(Limits, SmuggledRequestIsNeverServed) {
    std::atomic<int> served = 0;
    const auto handler = [&served](Request request) {
        ++served;
        return testing::echo(std::move(request));
    };
    TestServer server(strict(), handler);
    Client client(server.port());
    client.send(
        "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 6\r\nTransfer-Encoding: chunked\r\n\r\n"
        "0\r\n\r\nGET /admin HTTP/1.1\r\nHost: x\r\n\r\n");
    EXPECT_TRUE(client.answer().starts_with("HTTP/1.1 400"));
    EXPECT_TRUE(client.is_closed());
    EXPECT_EQ(served, 0);
}

TEST(Limits, HalfClosedClientStillGetsItsAnswer) {
    TestServer server(strict());
    Client client(server.port());
    client.send(get("/half"));
    client.shut_sending();
    EXPECT_NE(client.answer().find("/half"), std::string::npos);
    EXPECT_TRUE(client.is_closed());
}

TEST(Limits, HalfARequestAndGoneIsNoRequest) {
    TestServer server(strict());
    Client client(server.port());
    client.send("GET / HTTP/1.1\r\nHo");
    client.shut_sending();
    EXPECT_TRUE(client.is_closed());
}

TEST(Limits, ClientThatLeavesDuringTheRequestHurtsNobody) {
    const auto handler = [](Request) -> Task<Response> {
        co_await sleep_for(50ms);
        co_return Response::json("\"" + std::string(500'000, 'r') + "\"");
    };
    TestServer server({}, handler);
    for (int i = 0; i < 10; ++i) {
        Client client(server.port());
        client.send(get("/"));
    }
    EXPECT_TRUE(Client(server.port()).ask(get("/")).starts_with("HTTP/1.1 200"));
}

TEST(Limits, TooManyConnectionsIs503OrTheEndOfAnIdleOne) {
    ServerConfig config;
    config.max_connections = 2;
    const auto handler = [](Request request) -> Task<Response> {
        if (request.path == "/slow") {
            co_await sleep_for(500ms);
        }
        co_return Response::json("{}");
    };
    TestServer server(config, handler);
    Client idle(server.port());
    EXPECT_TRUE(idle.ask(get("/")).starts_with("HTTP/1.1 200"));
    Client busy(server.port());
    busy.send(get("/slow"));
    std::this_thread::sleep_for(50ms);
    Client newcomer(server.port());
    newcomer.send(get("/slow"));
    EXPECT_TRUE(idle.is_closed());
    std::this_thread::sleep_for(50ms);
    Client refused(server.port());
    EXPECT_TRUE(refused.answer().starts_with("HTTP/1.1 503"));
    EXPECT_TRUE(busy.answer().starts_with("HTTP/1.1 200"));
    EXPECT_TRUE(newcomer.answer().starts_with("HTTP/1.1 200"));
}

TEST(Limits, BodiesOfAllConnectionsAreBoundedTogether) {
    ServerConfig config;
    config.max_buffered_bytes = 50'000;
    TestServer server(config);
    Client first(server.port());
    Client second(server.port());
    const std::string head = "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 60000\r\n\r\n";
    first.send(head + std::string(40'000, 'a'));
    std::this_thread::sleep_for(50ms);
    second.send(head + std::string(40'000, 'a'));
    EXPECT_TRUE(second.answer().starts_with("HTTP/1.1 503"));
    Client third(server.port());
    EXPECT_TRUE(third.ask(post("/", "small")).starts_with("HTTP/1.1 200"));
}

TEST(Limits, BodiesThatWaitInHandlersAreBoundedTogether) {
    ServerConfig config;
    config.max_buffered_bytes = 100'000;
    const auto handler = [](Request request) -> Task<Response> {
        if (request.path == "/slow") {
            co_await sleep_for(500ms);
        }
        co_return Response::json("{}");
    };
    TestServer server(config, handler);
    const std::string large = post("/slow", std::string(40'000, 'a'));
    Client first(server.port());
    Client second(server.port());
    first.send(large);
    second.send(large);
    std::this_thread::sleep_for(100ms);
    EXPECT_TRUE(Client(server.port()).ask(large).starts_with("HTTP/1.1 503"));
    EXPECT_TRUE(Client(server.port()).ask(get("/")).starts_with("HTTP/1.1 200"));
    EXPECT_TRUE(Client(server.port()).ask(post("/", "small")).starts_with("HTTP/1.1 200"));
    EXPECT_TRUE(first.answer().starts_with("HTTP/1.1 200"));
    EXPECT_TRUE(second.answer().starts_with("HTTP/1.1 200"));
}

TEST(Limits, AnswerOfACallThatWasCarriedOutDoesNotAskForAnother) {
    ServerConfig config;
    config.max_buffered_bytes = 50'000;
    TestServer server(config, [](Request) -> Task<Response> {
        co_return Response::json("\"" + std::string(60'000, 'a') + "\"");
    });
    const std::string made = Client(server.port()).ask(post("/", "{}"));
    EXPECT_TRUE(made.starts_with("HTTP/1.1 503"));
    EXPECT_NE(made.find("was carried out"), std::string::npos);
    EXPECT_EQ(made.find("ry again"), std::string::npos);
    EXPECT_NE(Client(server.port()).ask(get("/")).find("Try again"), std::string::npos);
}

TEST(Limits, BodyIsCountedUntilItsAnswerIsWritten) {
    ServerConfig config;
    config.max_buffered_bytes = 50'000;
    TestServer server(config);
    Client client(server.port());
    for (int i = 0; i < 5; ++i) {
        EXPECT_TRUE(client.ask(post("/", std::string(40'000, 'a'))).starts_with("HTTP/1.1 200"));
    }
}

TEST(Limits, SmallBodyThatComesAtOnceIsCountedToo) {
    ServerConfig config;
    config.max_buffered_bytes = 100;
    TestServer server(config);
    Client client(server.port());
    EXPECT_TRUE(client.ask(post("/", std::string(101, 'a'))).starts_with("HTTP/1.1 503"));
    EXPECT_TRUE(client.is_closed());
}

TEST(Limits, ScriptCannotSplitTheAnswer) {
    const auto handler = [](Request) -> Task<Response> {
        Response response = Response::json("{}");
        response.headers.set("X-A", "1\r\n\r\nHTTP/1.1 200 OK\r\nX-Evil: 1");
        response.headers.set("X-B", "2");
        co_return response;
    };
    TestServer server({}, handler);
    const std::string answer = Client(server.port()).ask(get("/"));
    EXPECT_EQ(answer.find("Evil"), std::string::npos);
    EXPECT_NE(answer.find("X-B: 2\r\n"), std::string::npos);
}

}  // namespace
}  // namespace sluice::http
