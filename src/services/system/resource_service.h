#pragma once
/// A service that is a table of resources: system, user.

#include <string>
#include <vector>

#include "services/system/resource.h"

namespace sluice::services::system {

/// Errors: those of the resources; NotFound for a path that is none of them.
/// Threads: one shard.
class ResourceService : public Service {
public:
    explicit ResourceService(std::vector<ResourceRef> resources);

    Task<Result<Response>> handle(const Call& call) override;
    const Description& describe() const override { return description_; }

private:
    Resource* find(const std::vector<std::string>& segments) const;
    Result<Response> list(const Call& call) const;

    std::vector<ResourceRef> resources_;
    Description description_;
};

}  // namespace sluice::services::system
