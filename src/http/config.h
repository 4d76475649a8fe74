#pragma once
/// What the HTTP server may be told. Every bound has a default that a public server can live with.

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string>

#include "http/forwarded.h"

namespace sluice::http {

struct ServerConfig {
    /// A literal address, or "localhost".
    std::string address = "127.0.0.1";
    /// 0: any free one; Server::port() tells which.
    std::uint16_t port = 0;
    /// Another shard of this process listens on `port` already. Without it a port that is taken is
    /// an error, although every listener is opened for sharing.
    bool joins_port = false;

    /// PEM files; both or neither. With them the server speaks TLS 1.2 and 1.3 only.
    std::string tls_certificate_file;
    std::string tls_key_file;

    /// Request line and all headers; more is 431.
    std::size_t max_header_bytes = 32UL * 1024;
    /// More is 431.
    std::size_t max_headers = 128;
    /// Parameters of a query; more is 400.
    std::size_t max_parameters = 512;
    /// After chunks and Content-Encoding are undone; more is 413.
    std::size_t max_body_bytes = 32UL * 1024 * 1024;
    /// Bodies on this shard, together, from their first byte until they are answered, and answers
    /// until they are taken; more is 503.
    std::size_t max_buffered_bytes = 512UL * 1024 * 1024;
    /// Of this shard. Beyond it the longest idle one is closed; when none is idle, 503.
    std::size_t max_connections = 10'000;

    /// From the first byte of a request (or the start of a connection) to the end of its headers;
    /// later is 408. Timeouts are checked in steps of at most 250 ms.
    std::chrono::milliseconds header_time{10'000};
    /// For a body, and for the client to take an answer: this much, and besides it what the bytes
    /// take at `min_bytes_per_second`. Later is 408, or the connection is dropped.
    std::chrono::milliseconds transfer_time{30'000};
    std::size_t min_bytes_per_second = 16UL * 1024;
    /// Between two requests of a connection.
    std::chrono::milliseconds idle_time{75'000};
    /// The deadline that each request is given. The handler keeps it, not the server.
    std::chrono::milliseconds request_time{300'000};

    /// Answers of at least this size are compressed for those who ask; 0: none is.
    std::size_t gzip_from_bytes = 1024;
    /// One line of the log per request.
    bool logs_access = false;
    /// Whose word on whom a request comes from is taken.
    TrustedProxies trusted_proxies;

    /// What a client has for sending or taking `bytes`.
    std::chrono::milliseconds time_for(std::size_t bytes) const {
        return transfer_time + std::chrono::milliseconds(bytes * 1000 / min_bytes_per_second);
    }
    bool has_tls() const { return !tls_certificate_file.empty() || !tls_key_file.empty(); }
};

}  // namespace sluice::http
