#pragma once
/// Requests come in, one after another, within the limits and the times that the server allows.

#include <optional>

#include "http/input.h"
#include "http/parse.h"
#include "http/responder.h"

namespace sluice::http {

/// Counts the bytes of one body into the shard's sum, and out of it again: from its first byte
/// until its answer is written, because a body that waits in a handler takes as much room as one
/// arriving.
class BufferedBytes {
public:
    explicit BufferedBytes(std::size_t& sum) : sum_(&sum) {}
    ~BufferedBytes() { *sum_ -= counted_; }
    BufferedBytes(const BufferedBytes&) = delete;
    BufferedBytes& operator=(const BufferedBytes&) = delete;

    void set(std::size_t bytes) {
        *sum_ += bytes - counted_;
        counted_ = bytes;
    }

private:
    std::size_t* sum_;
    std::size_t counted_ = 0;
};

/// One per connection: `next`, then `release` and `reset`, and so on.
/// Threads: one shard.
class Receiver {
public:
    Receiver(ServerState& state, Connection& connection, Wire& wire, Responder& responder)
        : state_(state),
          connection_(connection),
          wire_(wire),
          responder_(responder),
          buffered_(state.buffered_bytes),
          parser_(state.config),
          input_(state.config.max_header_bytes + Input::kSmall) {}

    /// True when there is something to answer: a request in the parser, or `failure`.
    Task<bool> next();

    RequestParser& parser() { return parser_; }
    /// Nothing can be read after it.
    const std::optional<Error>& failure() const { return failure_; }
    /// The client may be sending what nobody will read.
    bool may_have_more() const { return failure_.has_value() || !input_.empty(); }

    /// The body is gone: it makes room for others.
    void release() { buffered_.set(0); }
    /// Before the next request.
    void reset();
    /// Takes what the client still sends, up to a bound, and drops it.
    Task<void> discard();

private:
    void count_body();
    void note_progress();
    Deadline body_due() const;
    Task<bool> read();

    ServerState& state_;
    Connection& connection_;
    Wire& wire_;
    Responder& responder_;
    BufferedBytes buffered_;
    RequestParser parser_;
    Input input_;
    std::optional<Error> failure_;
    Deadline::Clock::time_point body_began_;
    std::size_t body_received_ = 0;
};

}  // namespace sluice::http
