#pragma once
/// For this room's tests only: a server on a thread of its own, and a client that sends raw bytes.

#include <chrono>
#include <future>
#include <memory>
#include <string>
#include <thread>

#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/use_future.hpp>
#include <gtest/gtest.h>

#include "core/async.h"
#include "http/server.h"

namespace sluice::http::testing {

using namespace std::chrono_literals;

/// Answers with what it was asked: verb, path, parameters and body.
inline Task<Response> echo(Request request) {
    std::string content = "{\"verb\":\"" + std::string(name_of(request.verb)) + "\",\"path\":\"" +
                          request.path + "\",\"parameters\":";
    request.parameters.append_json(content);
    content += ",\"headers\":";
    request.headers.append_json(content);
    content += ",\"length\":" + std::to_string(request.content.size());
    if (request.content.size() < 1000) {
        content += ",\"content\":\"" + request.content + "\"";
    }
    content += "}";
    co_return Response::json(std::move(content));
}

class TestServer {
public:
    explicit TestServer(const ServerConfig& config = {}, Handler handler = echo)
        : server_(std::make_unique<Server>(shard_, config, std::move(handler))) {
        const Status listening = server_->listen();
        EXPECT_TRUE(listening) << (listening ? "" : listening.error().message());
        port_ = server_->port();
        thread_ = std::thread([this] { shard_.run(); });
    }
    ~TestServer() {
        stop(0ms);
        shard_.stop();
        thread_.join();
    }
    TestServer(const TestServer&) = delete;
    TestServer& operator=(const TestServer&) = delete;

    std::uint16_t port() const { return port_; }
    void stop(std::chrono::milliseconds grace) { stop_later(grace).get(); }
    std::future<void> stop_later(std::chrono::milliseconds grace) {
        return boost::asio::co_spawn(shard_, server_->stop(grace), boost::asio::use_future);
    }
    std::size_t connections() {
        std::promise<std::size_t> count;
        boost::asio::post(shard_, [&] { count.set_value(server_->connections()); });
        return count.get_future().get();
    }

private:
    boost::asio::io_context shard_{1};
    boost::asio::executor_work_guard<Executor> stays_{shard_.get_executor()};
    std::unique_ptr<Server> server_;
    std::uint16_t port_ = 0;
    std::thread thread_;
};

/// A blocking socket. A read that takes longer than 10 s ends as if the server had closed.
class Client {
public:
    explicit Client(std::uint16_t port) : socket_(::socket(AF_INET, SOCK_STREAM, 0)) {
        sockaddr_in to{};
        to.sin_family = AF_INET;
        to.sin_port = htons(port);
        to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        const timeval longest{10, 0};
        ::setsockopt(socket_, SOL_SOCKET, SO_RCVTIMEO, &longest, sizeof(longest));
        is_connected_ = ::connect(socket_, reinterpret_cast<sockaddr*>(&to), sizeof(to)) == 0;
    }
    ~Client() { ::close(socket_); }
    Client(const Client&) = delete;
    Client& operator=(const Client&) = delete;

    bool is_connected() const { return is_connected_; }
    int descriptor() const { return socket_; }

    bool send(std::string_view bytes) {
        while (!bytes.empty()) {
            const auto sent = ::send(socket_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
            if (sent <= 0) {
                return false;
            }
            bytes.remove_prefix(static_cast<std::size_t>(sent));
        }
        return true;
    }
    void shut_sending() { ::shutdown(socket_, SHUT_WR); }

    /// One answer: head and as much body as its Content-Length says. "" when the server closed.
    std::string answer(bool has_body = true) {
        std::size_t head = std::string::npos;
        while ((head = pending_.find("\r\n\r\n")) == std::string::npos) {
            if (!receive()) {
                return {};
            }
        }
        std::size_t length = head + 4;
        const std::size_t at = pending_.find("Content-Length: ");
        if (has_body && at < head) {
            length += std::stoul(pending_.substr(at + 16));
        }
        while (pending_.size() < length) {
            if (!receive()) {
                break;
            }
        }
        std::string taken = pending_.substr(0, length);
        pending_.erase(0, taken.size());
        return taken;
    }

    std::string ask(std::string_view bytes, bool has_body = true) {
        send(bytes);
        return answer(has_body);
    }

    /// True when the server closes within the time of a read, without sending more.
    bool is_closed() {
        const bool has_more = !pending_.empty() || receive();
        return !has_more;
    }

private:
    bool receive() {
        char piece[64 * 1024];
        const auto count = ::recv(socket_, piece, sizeof(piece), 0);
        if (count <= 0) {
            return false;
        }
        pending_.append(piece, static_cast<std::size_t>(count));
        return true;
    }

    int socket_;
    bool is_connected_ = false;
    std::string pending_;
};

inline std::string get(std::string_view target, std::string_view headers = "") {
    return "GET " + std::string(target) + " HTTP/1.1\r\nHost: x\r\n" + std::string(headers) +
           "\r\n";
}

inline std::string post(std::string_view target,
                        std::string_view body,
                        std::string_view headers = "") {
    return "POST " + std::string(target) +
           " HTTP/1.1\r\nHost: x\r\nContent-Length: " + std::to_string(body.size()) + "\r\n" +
           std::string(headers) + "\r\n" + std::string(body);
}

inline std::string body_of(const std::string& answer) {
    const std::size_t head = answer.find("\r\n\r\n");
    return head == std::string::npos ? std::string() : answer.substr(head + 4);
}

}  // namespace sluice::http::testing
