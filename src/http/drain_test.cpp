// How a server ends.
#include "http/testing.h"

namespace sluice::http {
namespace {

using namespace std::chrono_literals;
using testing::Client;
using testing::get;
using testing::TestServer;

Task<Response> sleepy(Request request) {
    co_await sleep_for(request.path == "/long" ? 5000ms : 300ms);
    co_return Response::json("\"late\"");
}

TEST(Drain, RunningRequestEndsAndItsConnectionCloses) {
    TestServer server({}, sleepy);
    Client client(server.port());
    client.send(get("/"));
    std::this_thread::sleep_for(100ms);
    auto stopped = server.stop_later(5s);
    const std::string answer = client.answer();
    EXPECT_TRUE(answer.starts_with("HTTP/1.1 200")) << answer;
    EXPECT_NE(answer.find("Connection: close\r\n"), std::string::npos);
    EXPECT_TRUE(client.is_closed());
    EXPECT_EQ(stopped.wait_for(2s), std::future_status::ready);
    EXPECT_EQ(server.connections(), 0U);
}

TEST(Drain, IdleConnectionClosesAtOnce) {
    TestServer server;
    Client client(server.port());
    EXPECT_TRUE(client.ask(get("/")).starts_with("HTTP/1.1 200"));
    const auto began = std::chrono::steady_clock::now();
    auto stopped = server.stop_later(5s);
    EXPECT_TRUE(client.is_closed());
    EXPECT_EQ(stopped.wait_for(1s), std::future_status::ready);
    EXPECT_LT(std::chrono::steady_clock::now() - began, 1s);
}

TEST(Drain, NobodyNewIsLetIn) {
    TestServer server;
    server.stop(1s);
    EXPECT_FALSE(Client(server.port()).is_connected());
}

TEST(Drain, RequestAlreadyOnItsWayIsServed) {
    TestServer server({}, sleepy);
    Client client(server.port());
    client.send(get("/"));
    auto stopped = server.stop_later(5s);
    EXPECT_TRUE(client.answer().starts_with("HTTP/1.1 200"));
    EXPECT_EQ(stopped.wait_for(2s), std::future_status::ready);
}

TEST(Drain, GraceEndsWhatDoesNot) {
    TestServer server({}, sleepy);
    Client client(server.port());
    client.send(get("/long"));
    std::this_thread::sleep_for(100ms);
    const auto began = std::chrono::steady_clock::now();
    server.stop(200ms);
    EXPECT_LT(std::chrono::steady_clock::now() - began, 1s);
    EXPECT_TRUE(client.is_closed());
}

TEST(Drain, StoppedServerLeavesItsLoopEmpty) {
    boost::asio::io_context shard;
    Server server(shard, {}, testing::echo);
    ASSERT_TRUE(server.listen());
    boost::asio::co_spawn(shard, server.stop(1s), boost::asio::detached);
    shard.run_for(5s);
    EXPECT_TRUE(shard.stopped());
}

TEST(Drain, ServerMayBeDestroyedWithoutStopping) {
    boost::asio::io_context shard;
    {
        Server server(shard, {}, testing::echo);
        ASSERT_TRUE(server.listen());
        shard.run_for(20ms);
    }
    shard.run_for(5s);
    EXPECT_TRUE(shard.stopped());
}

}  // namespace
}  // namespace sluice::http
