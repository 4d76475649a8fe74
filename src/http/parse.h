#pragma once
/// Bytes of a connection become Requests. Pure: no socket, no clock but for the deadline.

#include <memory>
#include <string_view>

#include "core/request.h"
#include "core/result.h"
#include "http/config.h"

namespace sluice::http {

/// What a request says about its own transport: how the answer must be framed.
struct Framing {
    bool keeps_alive = false;
    bool is_http_1_0 = false;
    bool accepts_gzip = false;
};

/// One per connection; `reset` before each request.
///
/// Threads: one shard.
/// Source:  RFC 9112. Stricter where leniency lets two servers read different requests: a message
///          with both lengths, a Transfer-Encoding other than `chunked`, no or two Hosts is 400.
class RequestParser {
public:
    /// The configuration must outlive the parser.
    explicit RequestParser(const ServerConfig& config);
    ~RequestParser();
    RequestParser(const RequestParser&) = delete;
    RequestParser& operator=(const RequestParser&) = delete;

    void reset();

    /// Takes bytes from the front of `bytes` until the request is complete, an error shows, or more
    /// are needed; what was not taken must come again, longer. Empty lines before a request are
    /// taken and mean nothing.
    ///
    /// Shape:   the number of bytes taken.
    /// Errors:  BadRequest, PayloadTooLarge, UnsupportedMedia, HeaderTooLarge, MethodNotAllowed.
    ///          Afterwards nothing more can be read from this connection.
    Result<std::size_t> put(std::string_view bytes);

    bool has_started() const;
    bool is_head_done() const;
    bool is_done() const;
    /// `put` stopped while it unpacked a body, so that others get their turn: call it again.
    bool is_paused() const;
    /// What to say when a request's head does not fit: 414 for its first line, else 431.
    Error too_large() const;
    /// The client waits for "100 Continue" before it sends the body.
    bool expects_continue() const;
    std::size_t body_bytes() const;

    Framing framing() const;
    /// The client's request id when it is a plain short token, else "".
    std::string_view request_id() const;

    /// The request read so far; whole once `is_done()`. `origin` is the caller's to fill.
    const Request& request() const;
    Request take();

private:
    class Impl;
    std::unique_ptr<Impl> impl_;
};

}  // namespace sluice::http
