#pragma once
/// Answers go out: compressed for those who ask, within the time a client has to take them.

#include "core/response.h"
#include "http/parse.h"
#include "http/server_state.h"
#include "http/wire.h"

namespace sluice::http {

/// One per connection. Threads: one shard.
class Responder {
public:
    Responder(ServerState& state, Connection& connection, Wire& wire)
        : state_(state), connection_(connection), wire_(wire) {}

    /// Leaves in `response` what was sent of it. False when the client did not take it all.
    Task<bool> respond(Response& response,
                       Framing framing,
                       bool is_head,
                       const std::string& request_id);

    /// Asks a client that waits for it to send its body. False as above.
    Task<bool> ask_for_body();

private:
    Task<void> compress(std::string& content);
    Task<bool> send(std::string_view head, std::string_view body);

    ServerState& state_;
    Connection& connection_;
    Wire& wire_;
    std::string output_;
};

}  // namespace sluice::http
