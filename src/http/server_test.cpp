// Exchanges over real sockets: what a well-behaved client sees.
#include "http/server.h"

#include "http/compress.h"
#include "http/testing.h"

namespace sluice::http {
namespace {

using testing::body_of;
using testing::Client;
using testing::get;
using testing::post;
using testing::TestServer;

TEST(Server, AnswersAGet) {
    TestServer server;
    Client client(server.port());
    const std::string answer = client.ask(get("/a%20b?c=d"));
    EXPECT_TRUE(answer.starts_with("HTTP/1.1 200 OK\r\n")) << answer;
    EXPECT_NE(answer.find("Content-Type: application/json\r\n"), std::string::npos);
    EXPECT_NE(answer.find("Date: "), std::string::npos);
    EXPECT_NE(answer.find("X-Request-Id: "), std::string::npos);
    EXPECT_EQ(answer.find("Server:"), std::string::npos);
    EXPECT_NE(answer.find(R"("path":"/a b","parameters":{"c":"d"})"), std::string::npos);
}

TEST(Server, KeepsTheConnection) {
    TestServer server;
    Client client(server.port());
    for (int i = 0; i < 20; ++i) {
        EXPECT_TRUE(client.ask(get("/" + std::to_string(i))).starts_with("HTTP/1.1 200"));
    }
    EXPECT_EQ(server.connections(), 1U);
}

TEST(Server, ClosesWhenAsked) {
    TestServer server;
    Client client(server.port());
    const std::string answer = client.ask(get("/", "Connection: close\r\n"));
    EXPECT_NE(answer.find("Connection: close\r\n"), std::string::npos);
    EXPECT_TRUE(client.is_closed());
}

TEST(Server, Http10ClosesUnlessAskedToKeep) {
    TestServer server;
    Client closing(server.port());
    EXPECT_TRUE(closing.ask("GET / HTTP/1.0\r\n\r\n").starts_with("HTTP/1.1 200"));
    EXPECT_TRUE(closing.is_closed());
    Client keeping(server.port());
    const std::string ask = "GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n";
    EXPECT_NE(keeping.ask(ask).find("Connection: keep-alive\r\n"), std::string::npos);
    EXPECT_TRUE(keeping.ask(ask).starts_with("HTTP/1.1 200"));
}

TEST(Server, PipelinedRequestsAreAnsweredInOrder) {
    TestServer server;
    Client client(server.port());
    std::string bytes;
    for (int i = 0; i < 100; ++i) {
        bytes += get("/" + std::to_string(i)) + post("/p" + std::to_string(i), "body");
    }
    client.send(bytes);
    for (int i = 0; i < 100; ++i) {
        EXPECT_NE(client.answer().find("\"path\":\"/" + std::to_string(i) + "\""),
                  std::string::npos);
        EXPECT_NE(client.answer().find("\"path\":\"/p" + std::to_string(i) + "\""),
                  std::string::npos);
    }
}

TEST(Server, HeadHasTheLengthButNoBody) {
    TestServer server;
    Client client(server.port());
    const std::string body = body_of(client.ask(get("/same")));
    const std::string answer = client.ask("HEAD /same HTTP/1.1\r\nHost: x\r\n\r\n", false);
    EXPECT_NE(answer.find("Content-Length: " + std::to_string(body.size())), std::string::npos);
    EXPECT_EQ(body_of(answer), "");
    EXPECT_NE(client.ask(get("/after")).find("/after"), std::string::npos);
}

TEST(Server, HeadOfARefusalHasTheLengthButNoBody) {
    const auto handler = [](Request) -> Task<Response> {
        co_return Response::from(Error(ErrorKind::NotFound, "no"));
    };
    TestServer server({}, handler);
    Client client(server.port());
    const std::string body = body_of(client.ask(get("/")));
    for (const char* target : {"/", "/b?c"}) {
        const std::string answer =
            client.ask("HEAD " + std::string(target) + " HTTP/1.1\r\nHost: x\r\n\r\n", false);
        EXPECT_TRUE(answer.starts_with("HTTP/1.1 404")) << answer;
        EXPECT_NE(answer.find("Content-Length: " + std::to_string(body.size())), std::string::npos);
        EXPECT_EQ(body_of(answer), "");
    }
    const std::string bad = client.ask("HEAD /%zz HTTP/1.1\r\nHost: x\r\n\r\n", false);
    EXPECT_TRUE(bad.starts_with("HTTP/1.1 400")) << bad;
    EXPECT_EQ(body_of(bad), "");
    EXPECT_TRUE(client.is_closed()) << "nor is there one behind it";
}

TEST(Server, OptionsListsTheVerbsUnlessTheHandlerAnswers) {
    const auto handler = [](Request request) -> Task<Response> {
        co_return request.path == "/own" ? Response::json("{\"own\":true}")
                                         : Response::from(Error(ErrorKind::NotFound, "no"));
    };
    TestServer server({}, handler);
    Client client(server.port());
    const std::string answer = client.ask("OPTIONS /x HTTP/1.1\r\nHost: x\r\n\r\n");
    EXPECT_TRUE(answer.starts_with("HTTP/1.1 204 No Content\r\n"));
    EXPECT_NE(answer.find("Allow: GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS\r\n"),
              std::string::npos);
    EXPECT_TRUE(client.ask("OPTIONS * HTTP/1.1\r\nHost: x\r\n\r\n").starts_with("HTTP/1.1 204"));
    EXPECT_EQ(body_of(client.ask("OPTIONS /own HTTP/1.1\r\nHost: x\r\n\r\n")), "{\"own\":true}");
}

TEST(Server, MethodCanBeOverridden) {
    TestServer server;
    Client client(server.port());
    EXPECT_NE(client.ask(post("/", "", "X-HTTP-Method: DELETE\r\n")).find("\"verb\":\"DELETE\""),
              std::string::npos);
    EXPECT_NE(client.ask(post("/?method=merge", "")).find("\"verb\":\"PATCH\""), std::string::npos);
    EXPECT_NE(client.ask(get("/?method=DELETE")).find("\"verb\":\"GET\""), std::string::npos);
}

TEST(Server, UnknownVerbIs405WithAllow) {
    TestServer server;
    Client client(server.port());
    const std::string answer = client.ask("BREW / HTTP/1.1\r\nHost: x\r\n\r\n");
    EXPECT_TRUE(answer.starts_with("HTTP/1.1 405 Method Not Allowed\r\n"));
    EXPECT_NE(answer.find("Allow: GET"), std::string::npos);
}

TEST(Server, ChunkedAndCompressedBodiesArrive) {
    TestServer server;
    Client client(server.port());
    EXPECT_NE(client
                  .ask("POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n"
                       "5\r\nhello\r\n1\r\n!\r\n0\r\n\r\n")
                  .find("\"content\":\"hello!\""),
              std::string::npos);
    Gzip gzip;
    std::string packed;
    gzip.begin();
    gzip.add(std::string(100'000, 'z'), true, packed);
    EXPECT_NE(client.ask(post("/", packed, "Content-Encoding: gzip\r\n")).find("\"length\":100000"),
              std::string::npos);
}

TEST(Server, LargeBodyArrivesWhole) {
    TestServer server;
    Client client(server.port());
    EXPECT_NE(client.ask(post("/", std::string(5'000'000, 'x'))).find("\"length\":5000000"),
              std::string::npos);
    EXPECT_NE(client.ask(get("/after")).find("/after"), std::string::npos);
}

TEST(Server, LargeAnswerArrivesWholeAndCompressedOnRequest) {
    const auto handler = [](Request) -> Task<Response> {
        co_return Response::json("\"" + std::string(3'000'000, 'r') + "\"");
    };
    TestServer server({}, handler);
    Client client(server.port());
    EXPECT_EQ(body_of(client.ask(get("/"))).size(), 3'000'002U);
    const std::string answer = client.ask(get("/", "Accept-Encoding: gzip\r\n"));
    EXPECT_NE(answer.find("Content-Encoding: gzip\r\n"), std::string::npos);
    EXPECT_NE(answer.find("Vary: Accept-Encoding\r\n"), std::string::npos);
    std::string unpacked;
    Inflater inflater(10'000'000);
    ASSERT_TRUE(inflater.add(body_of(answer), unpacked));
    EXPECT_TRUE(inflater.finish());
    EXPECT_EQ(unpacked.size(), 3'000'002U);
}

TEST(Server, ContinuesWhenTheClientWaits) {
    TestServer server;
    Client client(server.port());
    client.send("POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\nExpect: 100-continue\r\n\r\n");
    EXPECT_EQ(client.answer(), "HTTP/1.1 100 Continue\r\n\r\n");
    EXPECT_NE(client.ask("ok").find("\"content\":\"ok\""), std::string::npos);
}

TEST(Server, RequestIdComesBack) {
    TestServer server;
    Client client(server.port());
    EXPECT_NE(client.ask(get("/", "X-Request-Id: mine-1\r\n")).find("X-Request-Id: mine-1\r\n"),
              std::string::npos);
    EXPECT_EQ(client.ask(get("/", "X-Request-Id: not mine\r\n")).find("X-Request-Id: not"),
              std::string::npos);
}

TEST(Server, RequestCarriesItsOrigin) {
    const auto handler = [](Request request) -> Task<Response> {
        EXPECT_EQ(request.origin.request_id, "mine");
        EXPECT_EQ(request.origin.client_address, "127.0.0.1");
        EXPECT_EQ(request.origin.depth, 0);
        EXPECT_TRUE(request.origin.deadline.is_set());
        EXPECT_FALSE(request.origin.deadline.has_passed());
        co_return Response::json("1");
    };
    TestServer server({}, handler);
    EXPECT_EQ(body_of(Client(server.port()).ask(get("/", "X-Request-Id: mine\r\n"))), "1");
}

TEST(Server, BugOfTheHandlerIs500AndTheServerLives) {
    const auto handler = [](Request request) -> Task<Response> {
        if (request.path == "/bug") {
            throw std::runtime_error("secret detail");
        }
        if (request.path == "/odd") {
            throw 42;
        }
        co_return Response::json("{}");
    };
    TestServer server({}, handler);
    Client client(server.port());
    const std::string answer = client.ask(get("/bug"));
    EXPECT_TRUE(answer.starts_with("HTTP/1.1 500 Internal Server Error\r\n"));
    EXPECT_EQ(answer.find("secret"), std::string::npos);
    EXPECT_TRUE(client.ask(get("/odd")).starts_with("HTTP/1.1 500"));
    EXPECT_TRUE(client.ask(get("/")).starts_with("HTTP/1.1 200"));
}

TEST(Server, SlowRequestDoesNotHoldUpOthers) {
    const auto handler = [](Request request) -> Task<Response> {
        if (request.path == "/slow") {
            co_await sleep_for(std::chrono::milliseconds(300));
        }
        co_return Response::json("\"" + request.path + "\"");
    };
    TestServer server({}, handler);
    Client slow(server.port());
    slow.send(get("/slow") + get("/behind"));
    const auto began = std::chrono::steady_clock::now();
    EXPECT_EQ(body_of(Client(server.port()).ask(get("/quick"))), "\"/quick\"");
    EXPECT_LT(std::chrono::steady_clock::now() - began, std::chrono::milliseconds(250));
    EXPECT_EQ(body_of(slow.answer()), "\"/slow\"");
    EXPECT_EQ(body_of(slow.answer()), "\"/behind\"");
}

TEST(Server, TwoShardsShareOnePort) {
    TestServer first;
    ServerConfig config;
    config.port = first.port();
    config.joins_port = true;
    TestServer second(config);
    EXPECT_EQ(second.port(), first.port());
    for (int i = 0; i < 20; ++i) {
        EXPECT_TRUE(Client(first.port()).ask(get("/")).starts_with("HTTP/1.1 200"));
    }
}

TEST(Server, TakenPortIsAnErrorForAStranger) {
    TestServer first;
    ServerConfig config;
    config.port = first.port();
    boost::asio::io_context shard;
    Server second(shard, config, testing::echo);
    const Status status = second.listen();
    ASSERT_FALSE(status);
    EXPECT_EQ(status.error().kind(), ErrorKind::ServiceUnavailable);
}

TEST(Server, BadAddressIsAnError) {
    ServerConfig config;
    config.address = "not an address";
    boost::asio::io_context shard;
    EXPECT_FALSE(Server(shard, config, testing::echo).listen());
}

}  // namespace
}  // namespace sluice::http
