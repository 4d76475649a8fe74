#pragma once
/// One connection, from the first byte to the last: a request is received (http/receiver.h),
/// handled and answered (http/responder.h), and then the next one.

#include <memory>
#include <string>

#include "http/server_state.h"

namespace sluice::http {

/// Speaks HTTP on a connected, non-blocking TCP socket until it ends, and closes it.
/// Errors: none; nothing leaves it.
Task<void> serve_connection(std::shared_ptr<ServerState> state,
                            int descriptor,
                            bool is_ipv6,
                            std::string client_address);

}  // namespace sluice::http
