// Calls over real sockets: to this room's own server, and to peers that misbehave.
#include "http/outbound/fetch.h"

#include <boost/asio/buffer.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/write.hpp>

#include "http/testing.h"

namespace sluice::http {
namespace {

using testing::TestServer;

Task<void> fetch_into(Transfers& transfers, OutboundRequest request, Result<Response>& end) {
    end = co_await fetch(transfers, std::move(request));
}

/// The loop outlives the transfers, as a shard does.
class Fetch : public ::testing::Test {
protected:
    Result<Response> ask(Transfers& transfers, OutboundRequest request) {
        Result<Response> end = fail(ErrorKind::Internal, "never ended");
        boost::asio::co_spawn(io_, fetch_into(transfers, std::move(request), end),
                              boost::asio::detached);
        io_.restart();
        io_.run();
        return end;
    }

private:
    boost::asio::io_context io_;
};

OutboundPolicy open_policy() {
    return OutboundPolicy::of({}, {}).value();
}

std::string url_of(const TestServer& server, const std::string& path) {
    return "http://127.0.0.1:" + std::to_string(server.port()) + path;
}

OutboundRequest get_request(const std::string& url) {
    OutboundRequest request;
    request.method = "GET";
    request.url = url;
    request.deadline = Deadline::after(std::chrono::seconds(5));
    return request;
}

/// A peer that takes one connection, reads a little and says what it is told to.
class RawPeer {
public:
    explicit RawPeer(std::string answer)
        : listener_(io_, {boost::asio::ip::address_v4::loopback(), 0}),
          thread_([this, answer = std::move(answer)] {
              boost::asio::ip::tcp::socket socket(io_);
              boost::system::error_code ignored;
              listener_.accept(socket, ignored);
              std::array<char, 4096> room{};
              socket.read_some(boost::asio::buffer(room), ignored);
              boost::asio::write(socket, boost::asio::buffer(answer), ignored);
              socket.close(ignored);
          }) {}
    ~RawPeer() { thread_.join(); }
    std::string url() const {
        return "http://127.0.0.1:" + std::to_string(listener_.local_endpoint().port()) + "/";
    }

private:
    boost::asio::io_context io_;
    boost::asio::ip::tcp::acceptor listener_;
    std::thread thread_;
};

TEST_F(Fetch, SendsWhatItIsGivenAndNothingOfOurs) {
    TestServer server;
    Transfers transfers(open_policy());
    OutboundRequest request = get_request(url_of(server, "/a b?x=1"));
    request.method = "POST";
    request.content = "hello";
    request.headers.set("x-one", "1");
    request.headers.set("content-length", "99");
    const auto answer = ask(transfers, request);
    ASSERT_TRUE(answer) << answer.error().message();
    EXPECT_EQ(answer->status, 200);
    const std::string& said = answer->content;
    EXPECT_NE(said.find(R"("verb":"POST","path":"/a b")"), std::string::npos) << said;
    EXPECT_NE(said.find(R"("content":"hello")"), std::string::npos);
    EXPECT_NE(said.find(R"("x-one":"1")"), std::string::npos);
    for (const char* absent : {"expect", "x-www-form", "authorization", "session", "api-key"}) {
        EXPECT_EQ(said.find(absent), std::string::npos) << absent;
    }
}

TEST_F(Fetch, EveryVerbArrives) {
    TestServer server;
    Transfers transfers(open_policy());
    for (const char* verb : {"GET", "PUT", "PATCH", "DELETE"}) {
        OutboundRequest request = get_request(url_of(server, "/"));
        request.method = verb;
        const auto answer = ask(transfers, request);
        ASSERT_TRUE(answer) << verb;
        EXPECT_NE(answer->content.find("\"verb\":\"" + std::string(verb) + "\""),
                  std::string::npos);
    }
}

TEST_F(Fetch, ErrorsOfTheOtherServerAreAnswers) {
    TestServer server({}, [](Request) -> Task<Response> {
        co_return Response::from(Error(ErrorKind::Conflict, "taken"));
    });
    Transfers transfers(open_policy());
    const auto answer = ask(transfers, get_request(url_of(server, "/")));
    ASSERT_TRUE(answer);
    EXPECT_EQ(answer->status, 409);
    EXPECT_NE(answer->content.find("taken"), std::string::npos);
}

Task<Response> lead_on(Request request) {
    Response response;
    if (request.path == "/end") {
        co_return co_await testing::echo(std::move(request));
    }
    const bool is_loop = request.path == "/loop";
    response.status = request.path == "/keep" ? 307 : 302;
    response.headers.set("location", is_loop ? "/loop" : "/end");
    if (request.path == "/away") {
        response.headers.set("location", "http://169.254.169.254/latest");
    }
    co_return response;
}

Task<Response> lead_to(std::string url) {
    Response response;
    response.status = 308;
    response.headers.set("location", url);
    co_return response;
}

TEST_F(Fetch, FollowsRedirects) {
    TestServer server({}, lead_on);
    Transfers transfers(open_policy());
    OutboundRequest request = get_request(url_of(server, "/start"));
    request.method = "POST";
    request.content = "body";
    request.headers.set("authorization", "Bearer x");
    const auto turned = ask(transfers, request);
    EXPECT_NE(turned->content.find(R"("verb":"GET","path":"/end")"), std::string::npos)
        << turned->content;
    EXPECT_NE(turned->content.find("Bearer x"), std::string::npos) << "it is the same server";
    request.url = url_of(server, "/keep");
    const auto kept = ask(transfers, request);
    EXPECT_NE(kept->content.find(R"("verb":"POST","path":"/end")"), std::string::npos);
    EXPECT_NE(kept->content.find(R"("content":"body")"), std::string::npos);
}

TEST_F(Fetch, RedirectsComeToAnEnd) {
    TestServer server({}, lead_on);
    Transfers transfers(open_policy());
    EXPECT_EQ(ask(transfers, get_request(url_of(server, "/loop")))->status, 302);
}

TEST_F(Fetch, RedirectsAreJudgedToo) {
    TestServer server({}, lead_on);
    Transfers transfers(open_policy());
    const auto answer = ask(transfers, get_request(url_of(server, "/away")));
    ASSERT_FALSE(answer);
    EXPECT_EQ(answer.error().kind(), ErrorKind::Forbidden);
}

TEST_F(Fetch, SecretsGoToNoOtherServer) {
    TestServer second;
    TestServer first({}, [&second](const Request&) { return lead_to(url_of(second, "/stolen")); });
    Transfers transfers(open_policy());
    OutboundRequest request = get_request(url_of(first, "/"));
    request.headers.set("authorization", "Bearer secret");
    request.headers.set("cookie", "secret");
    request.headers.set("x-plain", "kept");
    const auto answer = ask(transfers, request);
    EXPECT_EQ(answer->content.find("secret"), std::string::npos) << answer->content;
    EXPECT_NE(answer->content.find("kept"), std::string::npos);
}

TEST_F(Fetch, RefusedAddressesAreNeverConnectedTo) {
    TestServer server;
    Transfers transfers(OutboundPolicy::of({}, {"127.0.0.0/8", "::1"}).value());
    for (const std::string host : {"127.0.0.1", "localhost", "2130706433", "[::ffff:127.0.0.1]"}) {
        const auto answer = ask(
            transfers, get_request("http://" + host + ":" + std::to_string(server.port()) + "/"));
        ASSERT_FALSE(answer) << host;
        EXPECT_EQ(answer.error().kind(), ErrorKind::Forbidden) << answer.error().message();
    }
    EXPECT_EQ(server.connections(), 0U);
}

TEST_F(Fetch, TellsWhatWentWrong) {
    Transfers transfers(open_policy());
    const auto nowhere = ask(transfers, get_request("http://127.0.0.1:1/"));
    EXPECT_EQ(nowhere.error().kind(), ErrorKind::ServiceUnavailable);
    EXPECT_EQ(nowhere.error().message(), "'127.0.0.1' cannot be connected to.");
    const auto no_host = ask(transfers, get_request("http://no-such-host.invalid/"));
    EXPECT_EQ(no_host.error().kind(), ErrorKind::ServiceUnavailable);
    const auto no_url = ask(transfers, get_request("http://user:pw@a/"));
    EXPECT_EQ(no_url.error().kind(), ErrorKind::BadRequest);
    OutboundRequest split = get_request("http://127.0.0.1:1/");
    split.headers.set("x-a", "1\r\nHost: other");
    EXPECT_EQ(ask(transfers, split).error().kind(), ErrorKind::BadRequest);
}

TEST_F(Fetch, SilenceEndsAtTheDeadline) {
    TestServer server({}, [](Request) -> Task<Response> {
        co_await sleep_for(std::chrono::milliseconds(700));
        co_return Response();
    });
    Transfers transfers(open_policy());
    OutboundRequest request = get_request(url_of(server, "/"));
    request.deadline = Deadline::after(std::chrono::milliseconds(150));
    const auto began = Deadline::Clock::now();
    const auto answer = ask(transfers, request);
    EXPECT_EQ(answer.error().kind(), ErrorKind::UpstreamTimeout);
    EXPECT_LT(Deadline::Clock::now() - began, std::chrono::milliseconds(600));
}

TEST_F(Fetch, WhatIsNoHttpIsTold) {
    Transfers transfers(open_policy());
    for (const char* said : {"SSH-2.0-x\r\n", "", "HTTP/1.1 99 No\r\n\r\n"}) {
        const RawPeer peer(said);
        const auto answer = ask(transfers, get_request(peer.url()));
        ASSERT_FALSE(answer) << said;
        EXPECT_EQ(answer.error().status(), 502) << answer.error().message();
    }
}

TEST_F(Fetch, JsonThatIsNoneIsText) {
    Transfers transfers(open_policy());
    const RawPeer peer(
        "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 6\r\n\r\n<html>");
    const auto answer = ask(transfers, get_request(peer.url()));
    ASSERT_TRUE(answer);
    EXPECT_EQ(answer->content_type, "text/plain");
    EXPECT_EQ(answer->content, "<html>");
}

TEST_F(Fetch, AnswersAreBounded) {
    Transfers transfers(open_policy());
    const RawPeer large("HTTP/1.1 200 OK\r\n\r\n" + std::string(Transfers::kMostBytes + 1, 'x'));
    EXPECT_EQ(ask(transfers, get_request(large.url())).error().status(), 502);
    const RawPeer long_head(
        "HTTP/1.1 200 OK\r\nX: " + std::string(Transfers::kMostHeadBytes + 1, 'x') + "\r\n\r\n");
    EXPECT_EQ(ask(transfers, get_request(long_head.url())).error().status(), 502);
}

TEST_F(Fetch, StoppingEndsWhatIsUnderWay) {
    TestServer server({}, [](Request) -> Task<Response> {
        co_await sleep_for(std::chrono::milliseconds(500));
        co_return Response();
    });
    Transfers transfers(open_policy());
    std::thread stopping([&transfers] {
        std::this_thread::sleep_for(std::chrono::milliseconds(100));
        transfers.stop();
    });
    const auto answer = ask(transfers, get_request(url_of(server, "/")));
    stopping.join();
    EXPECT_EQ(answer.error().message(), "The server is shutting down.");
    EXPECT_EQ(ask(transfers, get_request(url_of(server, "/"))).error().message(),
              "The server is shutting down.");
}

}  // namespace
}  // namespace sluice::http
