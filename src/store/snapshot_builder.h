#pragma once
/// Makes the next snapshot from the last one and what a transaction changed.

#include "store/snapshot.h"
#include "store/tables.h"

namespace sluice::store {

/// Reads again only what `changes` names. Cost: a copy of the maps, and one query per changed row.
/// Errors: those of Database.
Result<SnapshotRef> next_snapshot(const Snapshot& previous, const Changes& changes, Tables& tables);

/// The first snapshot, with everything read.
Result<SnapshotRef> first_snapshot(Tables& tables, std::uint64_t revision);

}  // namespace sluice::store
