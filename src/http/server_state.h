#pragma once
/// What the connections of a shard share. It lives as long as the last of them.

#include "core/async.h"
#include "core/ports.h"
#include "http/compress.h"
#include "http/config.h"
#include "http/connections.h"
#include "http/date.h"
#include "http/request_id.h"
#include "http/tls.h"

namespace sluice::http {

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
    /// Of bodies that are being received or handled, and of answers that are being sent, all
    /// connections together.
    std::size_t buffered_bytes = 0;
    bool is_draining = false;
    /// Set when the last connection ends while draining.
    Signal all_gone;
};

}  // namespace sluice::http
