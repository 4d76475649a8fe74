#pragma once
/// Tables may be called by an alias; everything after this stage knows them by their own name.

#include "core/call.h"
#include "store/snapshot.h"

namespace sluice::pipeline {

/// Puts the table's own name in the place of an alias in `_table/{alias}...` and
/// `_schema/{alias}...`. Rights, row filters, events and the service itself see nothing else, so
/// that no other spelling leads round them: a service never looks a table up by its alias where
/// the path names it.
void take_real_name(Target& target, const store::Snapshot& snapshot);

}  // namespace sluice::pipeline
