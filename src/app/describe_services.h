#pragma once
/// Every active service with its paths, and the values that their parameters have: from this the
/// list of events is made.

#include "services/registry.h"
#include "services/system/types.h"
#include "store/store.h"

namespace sluice::app {

/// Those alone on which the viewer's role grants anything, with the values that it lets them list.
/// All services are asked at once. Those that do not answer in time are listed without values, with
/// a line in the log.
/// Threads: the registry's shard.
Task<std::vector<services::system::NamedDescription>> describe_services(
    store::SnapshotRef snapshot,
    services::Registry& registry,
    services::system::Wanted wanted = {},
    services::system::Viewer viewer = {});

}  // namespace sluice::app
