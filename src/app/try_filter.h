#pragma once
/// Whether a role's row filter can work, found out from the service that it is for.

#include "core/call.h"
#include "services/registry.h"
#include "store/store.h"

namespace sluice::app {

/// Asks the service for the rows of the table that meet the filter, in such a way that there are
/// none: it is planned as at every call, and nothing is read.
/// Shape:   why it cannot be applied; unset when it can, or when the service did not say in time.
/// Threads: the registry's shard.
Task<std::optional<std::string>> try_filter(store::SnapshotRef snapshot,
                                            services::Registry& registry,
                                            std::string service,
                                            std::string table,
                                            RowFilter filter,
                                            Deadline deadline);

}  // namespace sluice::app
