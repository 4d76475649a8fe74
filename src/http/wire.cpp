#include "http/wire.h"

#include <array>
#include <new>

#include <linux/sockios.h>
#include <sys/ioctl.h>

#include <boost/asio/buffer.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/ssl/stream.hpp>

#include "core/async.h"
#include "core/log.h"

namespace sluice::http {
namespace {

namespace asio = boost::asio;
using boost::system::error_code;
using Socket = asio::basic_stream_socket<asio::ip::tcp, Executor>;
using TlsStream = asio::ssl::stream<Socket&>;

std::array<asio::const_buffer, 2> both(std::string_view head, std::string_view body) {
    return {asio::buffer(head.data(), head.size()), asio::buffer(body.data(), body.size())};
}

// Reads and writes are no coroutines of their own: what Asio returns is handed on, one frame less
// for each request.

class PlainWire : public Wire {
public:
    PlainWire(Executor shard, int descriptor, bool is_ipv6)
        : socket_(shard, is_ipv6 ? asio::ip::tcp::v6() : asio::ip::tcp::v4(), descriptor) {}

    Task<bool> open() override { co_return true; }
    Task<std::size_t> read(std::span<char> room, error_code& failed) override {
        return socket_.async_read_some(asio::buffer(room.data(), room.size()),
                                       asio::redirect_error(use_task, failed));
    }
    Task<std::size_t> write(std::string_view head,
                            std::string_view body,
                            error_code& failed) override {
        return socket_.async_write_some(both(head, body), asio::redirect_error(use_task, failed));
    }
    std::size_t unacknowledged() override {
        int queued = 0;
        return ioctl(socket_.native_handle(), SIOCOUTQ, &queued) == 0 && queued > 0
                   ? static_cast<std::size_t>(queued)
                   : 0;
    }
    void end_sending() override {
        error_code ignored;
        socket_.shutdown(Socket::shutdown_send, ignored);
    }
    Task<void> close() override { co_return; }
    void interrupt() override {
        error_code ignored;
        socket_.cancel(ignored);
    }
    void drop() override {
        error_code ignored;
        socket_.close(ignored);
    }

protected:
    Socket& socket() { return socket_; }

private:
    Socket socket_;
};

class TlsWire final : public PlainWire {
public:
    TlsWire(Executor shard, int descriptor, bool is_ipv6, SSL* ssl)
        : PlainWire(shard, descriptor, is_ipv6), stream_(socket(), ssl) {}

    Task<bool> open() override {
        error_code failed;
        co_await stream_.async_handshake(TlsStream::server, asio::redirect_error(use_task, failed));
        if (failed) {
            log::debug("http", "TLS handshake failed: " + failed.message());
        }
        co_return !failed;
    }
    Task<std::size_t> read(std::span<char> room, error_code& failed) override {
        return stream_.async_read_some(asio::buffer(room.data(), room.size()),
                                       asio::redirect_error(use_task, failed));
    }
    Task<std::size_t> write(std::string_view head,
                            std::string_view body,
                            error_code& failed) override {
        return stream_.async_write_some(both(head, body), asio::redirect_error(use_task, failed));
    }
    // The closing exchange says so; half a connection could not have one.
    void end_sending() override {}
    Task<void> close() override {
        error_code ignored;
        co_await stream_.async_shutdown(asio::redirect_error(use_task, ignored));
    }

private:
    TlsStream stream_;
};

}  // namespace

std::unique_ptr<Wire> make_wire(Executor shard,
                                int descriptor,
                                bool is_ipv6,
                                const TlsContext& tls) {
    if (!tls) {
        return std::make_unique<PlainWire>(shard, descriptor, is_ipv6);
    }
    SSL* ssl = SSL_new(tls.get());
    if (ssl == nullptr) {
        throw std::bad_alloc();
    }
    return std::make_unique<TlsWire>(shard, descriptor, is_ipv6, ssl);
}

}  // namespace sluice::http
