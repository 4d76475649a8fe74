#pragma once
/// One resource of a service: a name in the path and what answers there.

#include <memory>
#include <string>
#include <vector>

#include "core/call.h"
#include "core/response.h"
#include "core/result.h"
#include "core/task.h"
#include "services/service.h"

namespace sluice::services::system {

/// Threads: one shard.
class Resource {
public:
    virtual ~Resource() = default;
    /// "service", or "admin/session" for one below another.
    virtual std::string path() const = 0;
    virtual std::string label() const = 0;
    /// Rows of the service's description, with paths relative to the service.
    virtual std::vector<Route> routes() const = 0;
    virtual Task<Result<Response>> handle(const Call& call) = 0;
};
using ResourceRef = std::unique_ptr<Resource>;

/// Get, Post ... as bits of a set, for route tables.
inline constexpr VerbSet kGet = VerbSet::of(Verb::Get);
inline constexpr VerbSet kPost = VerbSet::of(Verb::Post);
inline constexpr VerbSet kChange = VerbSet::of(Verb::Put) | VerbSet::of(Verb::Patch);
inline constexpr VerbSet kDelete = VerbSet::of(Verb::Delete);

/// `{"success":true}`
Response succeeded();

/// For a verb that the resource does not have. BadRequest, as the incumbent answers.
Error unsupported(const Call& call);

}  // namespace sluice::services::system
