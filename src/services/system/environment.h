#pragma once
/// /system/environment: what a log-in page must know, and for those who are logged in what server
/// this is.

#include "access/accounts.h"
#include "services/system/resource.h"

namespace sluice::services::system {

class Environment : public Resource {
public:
    Environment(access::Accounts& accounts, std::string version)
        : accounts_(accounts), version_(std::move(version)) {}

    std::string path() const override { return "environment"; }
    std::string label() const override { return "Environment"; }
    std::vector<Route> routes() const override;
    Task<Result<Response>> handle(const Call& call) override;

private:
    access::Accounts& accounts_;
    std::string version_;
};

}  // namespace sluice::services::system
