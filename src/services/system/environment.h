#pragma once
/// /system/environment: what a log-in page must know, and for those who are logged in what server
/// this is.

#include "services/system/resource.h"
#include "store/store.h"

namespace sluice::services::system {

class Environment : public Resource {
public:
    Environment(store::Store& store, std::string version)
        : store_(store), version_(std::move(version)) {}

    std::string path() const override { return "environment"; }
    std::string label() const override { return "Environment"; }
    std::vector<Route> routes() const override;
    Task<Result<Response>> handle(const Call& call) override;

private:
    store::Store& store_;
    std::string version_;
};

}  // namespace sluice::services::system
