#pragma once
/// Answers go out: compressed for those who ask, within the time a client has to take them.

#include "core/response.h"
#include "http/parse.h"
#include "http/serialise.h"
#include "http/server_state.h"
#include "http/wire.h"

namespace sluice::http {

/// One per connection. Threads: one shard.
class Responder {
public:
    Responder(ServerState& state, Connection& connection, Wire& wire)
        : state_(state), connection_(connection), wire_(wire) {}

    /// False when the client did not take it all, or not all of it could be made.
    Task<bool> respond(Response& response,
                       Framing framing,
                       bool is_head,
                       const std::string& request_id);

    /// Of the last answer, as it was sent.
    std::size_t content_bytes() const { return content_bytes_; }

    /// Asks a client that waits for it to send its body. False as above.
    Task<bool> ask_for_body();

private:
    /// What a client has taken of one answer, and how long it took for it.
    struct Taken {
        std::size_t bytes = 0;
        Deadline::Clock::duration time{};
    };
    Task<void> compress(std::string& content);
    Task<bool> send(std::string_view head, std::string_view body, Taken& taken);
    Task<bool> send_whole(const Response& response, const Envelope& envelope);
    Task<bool> send_chunks(const Response& response, const Envelope& envelope);
    Task<bool> send_chunk(std::string& piece, Taken& taken);

    ServerState& state_;
    Connection& connection_;
    Wire& wire_;
    std::string output_;
    std::size_t content_bytes_ = 0;
};

}  // namespace sluice::http
