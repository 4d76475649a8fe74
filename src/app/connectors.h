#pragma once
/// Every type of service there is: one line each in connectors.cpp.

#include <string>
#include <vector>

#include "app/shard.h"
#include "core/ports.h"
#include "services/registry.h"
#include "services/system/types.h"

namespace sluice::app {

/// What a connector may need of its shard.
struct ConnectorNeeds {
    Executor executor;
    Shared& shared;
    const RunScript& run_script;
    const services::system::CheckSyntax& check_syntax;
    /// Not yet filled when connectors are made, as the registry.
    const Handler& handler;
    /// Not yet filled when connectors are made: for use by their services only.
    services::Registry& registry;
};

std::vector<services::Connector> make_connectors(const ConnectorNeeds& needs);

/// Engines of attached scripts and script services.
std::vector<std::string> engines_in_use(const store::Snapshot& snapshot);

}  // namespace sluice::app
