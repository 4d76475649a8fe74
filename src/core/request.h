#pragma once
/// A request as every stage reads it, whether it came over a socket or from a script.

#include <cstdint>
#include <memory>
#include <string>

#include "core/deadline.h"
#include "core/fields.h"
#include "core/principal.h"
#include "core/verb.h"

namespace sluice {

class UnitOfWork;

/// Of a script, as it is told in `/system/script_run`. Never used twice, by a later start neither.
using RunId = std::uint64_t;
inline constexpr RunId kNoRun = 0;

/// Where a call comes from. A nested call (a script's `platform.api`) inherits all of it.
struct Origin {
    Requestor requestor = Requestor::Api;
    /// 0 from outside; one more for each script in between.
    int depth = 0;
    /// Reads around this one whose records it is to be put into.
    int related_depth = 0;
    /// The run of the script that makes the call.
    RunId run = kNoRun;
    /// Set: calls to its service are part of it, those of scripts too.
    std::shared_ptr<UnitOfWork> unit;
    Deadline deadline;
    /// Set on nested calls only: authentication is not repeated.
    PrincipalRef principal;
    /// The id that the client got and that every log line of the call carries.
    std::string request_id;
    std::string client_address;
};

struct Request {
    Verb verb = Verb::Get;
    /// HEAD is served as GET; http/serialise.cpp then leaves the body out.
    bool is_head = false;
    /// The answer goes to a client as it is, who can tell when it is cut off: it may be a stream.
    bool may_stream = false;
    /// Path and query as the client sent them.
    std::string uri;
    /// Percent-decoded path, without query; starts with '/'.
    std::string path;
    /// Decoded query parameters. Options in a body (`ids`, `filter` ...) are merged by services.
    Parameters parameters;
    Headers headers;
    /// The body as received, after any Content-Encoding.
    std::string content;
    std::string content_type;
    Origin origin;
};

}  // namespace sluice
