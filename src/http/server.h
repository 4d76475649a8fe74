#pragma once
/// The HTTP/1.1 server of one shard: a listener, its connections, their limits.
/// Design: docs/adr/0001-coroutines-on-asio.md. The life of a connection: http/session.cpp.

#include <chrono>
#include <memory>

#include <boost/asio/io_context.hpp>

#include "core/ports.h"
#include "http/config.h"

namespace sluice::http {

/// Shape:   requests of one connection are handled one after the other, in order; those of
/// different
///          connections interleave wherever the handler waits. An exception out of the handler is
///          logged and answered with 500.
/// Threads: everything on the shard's thread, but for the constructor and `listen`, which may also
///          be called before the shard runs. Each shard has a Server of its own on the same port.
class Server {
public:
    Server(boost::asio::io_context& shard, const ServerConfig& config, Handler handler);
    /// Stops listening at once and drops what is open; `stop` is the friendly way.
    ~Server();
    Server(const Server&) = delete;
    Server& operator=(const Server&) = delete;

    /// Errors: ServiceUnavailable when the address cannot be bound, BadRequest when the address,
    ///         certificate or key is no good. The message is for the operator, not for a client.
    Status listen();

    /// The port that listens, once `listen` has succeeded.
    std::uint16_t port() const;
    std::size_t connections() const;

    /// Stops accepting, closes idle connections, lets running requests end (answered with
    /// `Connection: close`) for at most `grace`, then drops the rest. The Server may be destroyed
    /// afterwards.
    Task<void> stop(std::chrono::milliseconds grace);

private:
    class Impl;
    boost::asio::io_context& shard_;
    std::shared_ptr<Impl> impl_;
};

}  // namespace sluice::http
