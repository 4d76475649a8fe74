#pragma once
/// Calls to other servers, as scripts make them.

#include <functional>
#include <string>

#include "core/deadline.h"
#include "core/fields.h"
#include "core/response.h"
#include "core/result.h"
#include "core/task.h"

namespace sluice {

/// Only what is in it goes out: no key, no session, no name of this server.
struct OutboundRequest {
    /// GET, POST ...
    std::string method;
    /// Absolute, of http or https.
    std::string url;
    Headers headers;
    std::string content;
    Deadline deadline;
};

/// Whatever the other server answered, its own errors included. A JSON content type is only said of
/// what is JSON.
/// Errors: BadRequest (the URL, a header); Forbidden (the instance does not let scripts go there);
///         ServiceUnavailable (not found, not reached, no valid certificate); Internal with status
///         502 (what it answers is no HTTP, or too much); UpstreamTimeout.
using Fetch = std::function<Task<Result<Response>>(OutboundRequest)>;

}  // namespace sluice
