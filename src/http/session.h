#pragma once
/// One connection, from the first byte to the last.

#include <memory>
#include <string>

#include "core/async.h"
#include "core/ports.h"
#include "http/compress.h"
#include "http/config.h"
#include "http/connections.h"
#include "http/date.h"
#include "http/request_id.h"
#include "http/tls.h"

namespace sluice::http {

/// What the connections of a shard share. It lives as long as the last of them.
struct ServerState {
    ServerState(const Executor& executor, const ServerConfig& from, Handler served)
        : config(from), handler(std::move(served)), all_gone(executor) {}

    const ServerConfig config;
    const Handler handler;
    /// Null: plain HTTP.
    TlsContext tls;
    Connections connections;
    RequestIds ids;
    HttpClock clock;
    Gzip gzip;
    /// Of bodies that are being received or handled, all connections together.
    std::size_t buffered_bytes = 0;
    bool is_draining = false;
    /// Set when the last connection ends while draining.
    Signal all_gone;
};

/// Speaks HTTP on a connected, non-blocking TCP socket until it ends, and closes it.
/// Errors: none; nothing leaves it.
Task<void> serve_connection(std::shared_ptr<ServerState> state,
                            int descriptor,
                            bool is_ipv6,
                            std::string client_address);

}  // namespace sluice::http
