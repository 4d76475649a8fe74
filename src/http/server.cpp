#include "http/server.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <optional>

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <unistd.h>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/redirect_error.hpp>

#include "core/async.h"
#include "core/log.h"
#include "http/serialise.h"
#include "http/session.h"

namespace sluice::http {
namespace {

namespace asio = boost::asio;
using boost::system::error_code;
using Tcp = asio::ip::tcp;
using Acceptor = asio::basic_socket_acceptor<Tcp, Executor>;

constexpr int kBacklog = 4096;
// Accepted in one go before the connections already there get their turn.
constexpr int kAcceptBatch = 64;
constexpr std::chrono::milliseconds kLongestTick{250};
constexpr std::chrono::milliseconds kShortestTick{5};
// When the process is out of descriptors: time for some connection to end.
constexpr std::chrono::milliseconds kAcceptPause{100};

// A quarter of the shortest limit, so that none is overrun by more than that.
std::chrono::milliseconds tick_of(const ServerConfig& config) {
    const auto shortest = std::min({config.header_time, config.transfer_time, config.idle_time});
    return std::clamp(shortest / 4, kShortestTick, kLongestTick);
}

Result<Tcp::endpoint> endpoint_of(const ServerConfig& config) {
    std::string address = config.address;
    if (address == "localhost") {
        address = "127.0.0.1";
    } else if (address.starts_with('[') && address.ends_with(']')) {
        address = address.substr(1, address.size() - 2);
    }
    error_code failed;
    const auto parsed = asio::ip::make_address(address, failed);
    if (failed) {
        return fail(ErrorKind::BadRequest, "'" + config.address + "' is no address to listen on.");
    }
    return Tcp::endpoint(parsed, config.port);
}

struct Peer {
    int descriptor;
    bool is_ipv6;
    std::string address;
};

std::string text_of(const sockaddr_storage& from) {
    std::array<char, INET6_ADDRSTRLEN> text{};
    if (from.ss_family == AF_INET6) {
        inet_ntop(AF_INET6, &reinterpret_cast<const sockaddr_in6&>(from).sin6_addr, text.data(),
                  text.size());
    } else {
        inet_ntop(AF_INET, &reinterpret_cast<const sockaddr_in&>(from).sin_addr, text.data(),
                  text.size());
    }
    return text.data();
}

// Empty with errno set when there is none to accept.
std::optional<Peer> accept_one(int listener) {
    sockaddr_storage from{};
    socklen_t length = sizeof(from);
    const int descriptor = ::accept4(listener, reinterpret_cast<sockaddr*>(&from), &length,
                                     SOCK_NONBLOCK | SOCK_CLOEXEC);
    if (descriptor < 0) {
        return std::nullopt;
    }
    const int on = 1;
    ::setsockopt(descriptor, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
    return Peer{descriptor, from.ss_family == AF_INET6, text_of(from)};
}

}  // namespace

class Server::Impl {
public:
    Impl(asio::io_context& shard, const ServerConfig& config, Handler handler)
        : shard_(shard),
          acceptor_(shard.get_executor()),
          tick_(shard.get_executor()),
          state_(std::make_shared<ServerState>(shard.get_executor(), config, std::move(handler))) {}

    Status open() {
        const ServerConfig& config = state_->config;
        if (config.has_tls()) {
            SLUICE_TRY(state_->tls,
                       make_tls_context(config.tls_certificate_file, config.tls_key_file));
        }
        SLUICE_TRY(const Tcp::endpoint endpoint, endpoint_of(config));
        if (endpoint.port() != 0 && !config.joins_port) {
            // Sharing a port is for the shards of one process; with another process it would
            // split the callers between the two without a word.
            SLUICE_CHECK(bind(endpoint, false));
            close();
        }
        SLUICE_CHECK(bind(endpoint, true));
        error_code failed;
        acceptor_.listen(kBacklog, failed);
        if (!failed) {
            acceptor_.non_blocking(true, failed);
        }
        if (failed) {
            return refused(endpoint, failed);
        }
        port_ = acceptor_.local_endpoint(failed).port();
        return {};
    }

    std::uint16_t port() const { return port_; }
    ServerState& state() { return *state_; }

    void close() {
        error_code ignored;
        acceptor_.close(ignored);
    }

    void halt() {
        state_->is_draining = true;
        close();
        tick_.cancel();
    }

    /// Accepts until the acceptor is closed.
    static Task<void> accept_all(std::shared_ptr<Impl> self) {
        while (self->acceptor_.is_open()) {
            error_code failed;
            co_await self->acceptor_.async_wait(Acceptor::wait_read,
                                                asio::redirect_error(use_task, failed));
            if (failed) {
                break;
            }
            const bool is_well = self->accept_waiting();
            if (!is_well) {
                co_await sleep_for(kAcceptPause);
            }
        }
    }

    static Task<void> interrupt_late(std::shared_ptr<Impl> self) {
        const auto tick = tick_of(self->state_->config);
        while (!self->state_->is_draining || self->state_->connections.size() > 0) {
            self->tick_.expires_after(tick);
            error_code cancelled;
            co_await self->tick_.async_wait(asio::redirect_error(use_task, cancelled));
            self->state_->connections.interrupt_late(Deadline::Clock::now());
            if (cancelled && self->state_->connections.size() == 0) {
                break;
            }
        }
    }

    /// False when the process cannot accept now.
    bool accept_waiting() {
        for (int i = 0; i < kAcceptBatch; ++i) {
            std::optional<Peer> peer = accept_one(acceptor_.native_handle());
            if (!peer) {
                return errno == EAGAIN || errno == EWOULDBLOCK || errno == EINTR ||
                       errno == ECONNABORTED;
            }
            admit(std::move(*peer));
        }
        return true;
    }

private:
    Status bind(const Tcp::endpoint& endpoint, bool shares_port) {
        error_code failed;
        acceptor_.open(endpoint.protocol(), failed);
        if (failed) {
            return refused(endpoint, failed);
        }
        acceptor_.set_option(asio::socket_base::reuse_address(true), failed);
        if (shares_port) {
            const int on = 1;
            ::setsockopt(acceptor_.native_handle(), SOL_SOCKET, SO_REUSEPORT, &on, sizeof(on));
        }
        acceptor_.bind(endpoint, failed);
        if (failed) {
            close();
            return refused(endpoint, failed);
        }
        return {};
    }

    static Status refused(const Tcp::endpoint& endpoint, const error_code& failed) {
        return fail(ErrorKind::ServiceUnavailable,
                    "Cannot listen on " + endpoint.address().to_string() + ":" +
                        std::to_string(endpoint.port()) + ": " + failed.message() + ".");
    }

    void admit(Peer peer) {
        Connections& open = state_->connections;
        if (open.size() >= state_->config.max_connections && !open.interrupt_longest_idle()) {
            refuse(peer.descriptor);
            return;
        }
        asio::co_spawn(
            shard_,
            serve_connection(state_, peer.descriptor, peer.is_ipv6, std::move(peer.address)),
            asio::detached);
    }

    // In the clear even where TLS is spoken nobody would understand it, so there it only closes.
    void refuse(int descriptor) {
        if (!state_->tls) {
            const Response response = Response::from(
                Error(ErrorKind::ServiceUnavailable, "Too many connections; try again."));
            const std::string id = state_->ids.next();
            Envelope envelope;
            envelope.request_id = id;
            envelope.date = state_->clock.now();
            std::string answer;
            append_head(response, envelope, answer);
            answer.append(response.content);
            [[maybe_unused]] const auto sent =
                ::send(descriptor, answer.data(), answer.size(), MSG_NOSIGNAL | MSG_DONTWAIT);
        }
        ::close(descriptor);
    }

    asio::io_context& shard_;
    Acceptor acceptor_;
    Timer tick_;
    std::shared_ptr<ServerState> state_;
    std::uint16_t port_ = 0;
};

Server::Server(asio::io_context& shard, const ServerConfig& config, Handler handler)
    : shard_(shard), impl_(std::make_shared<Impl>(shard, config, std::move(handler))) {}

Server::~Server() {
    impl_->halt();
    impl_->state().connections.drop_all();
}

Status Server::listen() {
    SLUICE_CHECK(impl_->open());
    asio::co_spawn(shard_, Impl::accept_all(impl_), asio::detached);
    asio::co_spawn(shard_, Impl::interrupt_late(impl_), asio::detached);
    return {};
}

std::uint16_t Server::port() const {
    return impl_->port();
}

std::size_t Server::connections() const {
    return impl_->state().connections.size();
}

Task<void> Server::stop(std::chrono::milliseconds grace) {
    const Deadline deadline = Deadline::after(grace);
    const std::shared_ptr<Impl> impl = impl_;
    impl->accept_waiting();  // those who came before the door closed are served
    impl->halt();
    ServerState& state = impl->state();
    state.connections.hurry(Deadline::Clock::now());
    while (state.connections.size() > 0 && !deadline.has_passed()) {
        co_await state.all_gone.wait_until(deadline);
    }
    state.connections.drop_all();
}

}  // namespace sluice::http
