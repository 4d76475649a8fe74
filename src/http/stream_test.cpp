// Answers that are made while they are sent.
#include <atomic>

#include <gmock/gmock.h>

#include "core/content_stream.h"
#include "http/compress.h"
#include "http/testing.h"

namespace sluice::http {
namespace {

using namespace std::chrono_literals;
using testing::body_of;
using testing::Client;
using ::testing::EndsWith;
using testing::get;
using ::testing::HasSubstr;
using ::testing::Not;
using testing::TestServer;

/// What a test wants of a stream, and what became of it.
struct Plan {
    std::size_t pieces = 3;
    std::size_t piece_bytes = 10;
    /// Fails in place of this piece.
    std::size_t fails_at = 1'000'000;
    std::chrono::milliseconds takes{0};
    std::atomic<std::size_t> made{0};
    std::atomic<bool> is_gone{false};
};

class Pieces : public ContentStream {
public:
    explicit Pieces(Plan& plan) : plan_(plan) {}
    ~Pieces() override { plan_.is_gone = true; }
    Pieces(const Pieces&) = delete;
    Pieces& operator=(const Pieces&) = delete;

    Task<Status> next(std::string& piece) override {
        if (plan_.takes > 0ms) {
            co_await sleep_for(plan_.takes);
        }
        const std::size_t number = plan_.made++;
        if (number == plan_.fails_at) {
            co_return fail(ErrorKind::Internal, "The stream is broken.");
        }
        piece =
            number < plan_.pieces ? std::string(plan_.piece_bytes, char('a' + number % 26)) : "";
        co_return Status();
    }

private:
    Plan& plan_;
};

Handler streaming(Plan& plan) {
    return [&plan](Request request) {
        return [](Plan& asked, Request from) -> Task<Response> {
            Response response = Response::json("begin ");
            if (from.may_stream) {
                response.rest = std::make_shared<Pieces>(asked);
            }
            co_return response;
        }(plan, std::move(request));
    };
}

/// Everything until the server closes.
std::string all_of(Client& client, std::string_view request) {
    client.send(request);
    std::string all;
    char piece[64 * 1024];
    ssize_t count = 0;
    while ((count = ::recv(client.descriptor(), piece, sizeof(piece), 0)) > 0) {
        all.append(piece, static_cast<std::size_t>(count));
    }
    return all;
}

std::string joined(std::string_view chunks) {
    std::string content;
    while (!chunks.empty()) {
        const std::size_t line = chunks.find("\r\n");
        const std::size_t size = std::stoul(std::string(chunks.substr(0, line)), nullptr, 16);
        content.append(chunks.substr(line + 2, size));
        chunks.remove_prefix(line + 2 + size + 2);
    }
    return content;
}

TEST(Stream, GoesOutInChunks) {
    Plan plan;
    TestServer server({}, streaming(plan));
    Client client(server.port());
    const std::string answer = all_of(client, get("/", "Connection: close\r\n"));
    EXPECT_THAT(answer, HasSubstr("Transfer-Encoding: chunked\r\n"));
    EXPECT_THAT(answer, Not(HasSubstr("Content-Length")));
    EXPECT_EQ(body_of(answer),
              "6\r\nbegin \r\na\r\naaaaaaaaaa\r\na\r\nbbbbbbbbbb\r\na\r\ncccccccccc\r\n0\r\n\r\n");
    EXPECT_TRUE(plan.is_gone);
}

TEST(Stream, TheConnectionGoesOnAfterIt) {
    Plan plan;
    TestServer server({}, streaming(plan));
    Client client(server.port());
    client.send(get("/"));
    const std::string both = all_of(client, get("/", "Connection: close\r\n"));
    const std::size_t second = both.find("HTTP/1.1 200", 1);
    ASSERT_NE(second, std::string::npos);
    EXPECT_THAT(both.substr(0, second), EndsWith("0\r\n\r\n"));
}

TEST(Stream, IsCompressedForThoseWhoAsk) {
    Plan plan{.pieces = 100, .piece_bytes = 10'000};
    TestServer server({}, streaming(plan));
    Client client(server.port());
    const std::string answer =
        all_of(client, get("/", "Connection: close\r\nAccept-Encoding: gzip\r\n"));
    EXPECT_THAT(answer, HasSubstr("Content-Encoding: gzip\r\n"));
    EXPECT_LT(answer.size(), 100'000U);
    Inflater inflater(10'000'000);
    std::string content;
    ASSERT_TRUE(inflater.add(joined(body_of(answer)), content));
    EXPECT_TRUE(inflater.finish());
    EXPECT_EQ(content.size(), 6 + 100U * 10'000);
}

TEST(Stream, OneThatBreaksEndsWithoutItsLastChunk) {
    Plan plan{.fails_at = 2};
    TestServer server({}, streaming(plan));
    Client client(server.port());
    const std::string answer = all_of(client, get("/"));
    EXPECT_THAT(answer, EndsWith("bbbbbbbbbb\r\n"));
    EXPECT_EQ(plan.made, 3U);
}

TEST(Stream, HeadMakesNothingOfIt) {
    Plan plan;
    TestServer server({}, streaming(plan));
    Client client(server.port());
    const std::string answer =
        all_of(client, "HEAD / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
    EXPECT_THAT(answer, EndsWith("\r\n\r\n"));
    EXPECT_THAT(answer, HasSubstr("Transfer-Encoding: chunked\r\n"));
    EXPECT_EQ(body_of(answer), "");
    EXPECT_EQ(plan.made, 0U);
}

TEST(Stream, OldClientsWhoCouldNotTellItsEndGetNone) {
    Plan plan;
    TestServer server({}, streaming(plan));
    Client client(server.port());
    const std::string answer = all_of(client, "GET / HTTP/1.0\r\n\r\n");
    EXPECT_THAT(answer, HasSubstr("Content-Length: 6\r\n"));
    EXPECT_EQ(plan.made, 0U);
}

TEST(Stream, EndsWhenItsClientGoesAway) {
    Plan plan{.pieces = 1'000'000, .piece_bytes = 100'000};
    TestServer server({}, streaming(plan));
    {
        Client client(server.port());
        EXPECT_NE(client.ask(get("/"), false), "");
    }
    for (int i = 0; i < 500 && !plan.is_gone; ++i) {
        std::this_thread::sleep_for(10ms);
    }
    EXPECT_TRUE(plan.is_gone);
    EXPECT_LT(plan.made, 10'000U);
}

TEST(Stream, IsMadeNoFasterThanItIsTaken) {
    Plan plan{.pieces = 10'000, .piece_bytes = 100'000};
    TestServer server({}, streaming(plan));
    Client client(server.port());
    client.send(get("/"));
    std::this_thread::sleep_for(300ms);
    const std::size_t early = plan.made;
    EXPECT_LT(early, 500U);  // what the kernel holds for both sides
    std::this_thread::sleep_for(300ms);
    EXPECT_LE(plan.made, early + 5);
}

TEST(Stream, WhoTakesNothingIsDropped) {
    Plan plan{.pieces = 10'000, .piece_bytes = 100'000};
    ServerConfig config;
    config.transfer_time = 300ms;
    config.min_bytes_per_second = 1'000'000'000;
    TestServer server(config, streaming(plan));
    Client client(server.port());
    client.send(get("/"));
    for (int i = 0; i < 500 && !plan.is_gone; ++i) {
        std::this_thread::sleep_for(10ms);
    }
    EXPECT_TRUE(plan.is_gone);
}

TEST(Stream, TheTimeItTakesToMakeIsNotTheClients) {
    Plan plan{.pieces = 4, .takes = 200ms};
    ServerConfig config;
    config.transfer_time = 300ms;
    config.min_bytes_per_second = 1'000'000'000;
    TestServer server(config, streaming(plan));
    Client client(server.port());
    EXPECT_THAT(all_of(client, get("/", "Connection: close\r\n")), EndsWith("0\r\n\r\n"));
}

}  // namespace
}  // namespace sluice::http
