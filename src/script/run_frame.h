#pragma once
/// Load and run frames: what the server tells a host. Pure. Source: hosts/PROTOCOL.md section 3.

#include <string>

#include "core/event.h"
#include "core/result.h"

namespace sluice::script {

void append_load(std::string& out, const Script& script);

/// A text to be compiled and no more.
/// Errors: PayloadTooLarge when it is too large for a frame.
Status append_check(std::string& out,
                    std::uint64_t run,
                    const Script& script,
                    const Limits& limits);

/// Errors: BadRequest when the request's body is not what its content type says;
///         PayloadTooLarge when it is too large for a frame.
Status append_run(std::string& out,
                  std::uint64_t run,
                  const Script& script,
                  const Limits& limits,
                  const Event& event);

/// `platform.api`'s answer to call number `call` of `run`.
Status append_reply(std::string& out,
                    std::uint64_t run,
                    std::int64_t call,
                    const Response& response);

}  // namespace sluice::script
