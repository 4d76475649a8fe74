#pragma once
/// What a service is to the rest of the server. Design: docs/adr/0004-rooms-and-ports.md.

#include <memory>
#include <string>
#include <vector>

#include "core/call.h"
#include "core/response.h"
#include "core/result.h"
#include "core/task.h"

namespace sluice::services {

/// One kind of resource of a service. From these rows come the event names of a call, the listing
/// of all events, and the components that roles may name, so that they cannot disagree.
struct Route {
    /// "" for the service itself; segments after it, `{parameter}` where a value stands:
    /// "_table/{table_name}/{id}". The last segment may be `{name...}`: the rest of the path.
    /// In the specific event name each value stands for its parameter, but for `{id}`, which
    /// stays as it is.
    std::string path;
    /// None: the path is known, and every verb on it is 400 instead of 404.
    VerbSet verbs;
    std::string summary;
    /// A call by key also fires the event of the path without its last segment, first:
    /// `system.service.get`, then `system.service.{id}.get`.
    bool fires_collection = false;
    /// The last segment may carry values in brackets, which are no part of the name: `area(2,3)`
    /// fires the events of `area`.
    bool takes_values = false;
};

struct Description {
    std::vector<Route> routes;
    /// Accepts paths that no route names (script services); they fire the service's own event.
    bool accepts_any_path = false;
    /// Calls can share a unit of work (core/unit_of_work.h).
    bool has_transactions = false;
};

/// A configured instance, owned by one shard.
/// Threads: all calls on that shard.
class Service {
public:
    virtual ~Service() = default;
    /// Errors: every kind that the connector's header names; the call is already authorised.
    virtual Task<Result<Response>> handle(const Call& call) = 0;
    virtual const Description& describe() const = 0;
};
using ServiceRef = std::shared_ptr<Service>;

}  // namespace sluice::services
