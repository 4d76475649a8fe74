#pragma once
/// What of a URL decides where a call goes. Pure.

#include <string>
#include <string_view>

#include "core/result.h"

namespace sluice::http {

struct OutboundUrl {
    /// As it is sent: what a URL cannot hold is encoded, a fragment left out.
    std::string text;
    /// In small letters, without brackets.
    std::string host;
    /// Scheme, host and port: who asks for another one is not trusted with what was for this.
    std::string origin;
};

/// Errors: BadRequest for what is no URL of http or https, or holds a user or a password: these are
///         headers.
Result<OutboundUrl> read_outbound_url(std::string_view text);

}  // namespace sluice::http
