#pragma once
/// What callers may know of tables that they may not name: a foreign key leads there, and a change
/// of the schema may ask for one.

#include <string>

#include "core/call.h"
#include "services/sql/backend.h"

namespace sluice::services::sql {

/// `table` without the foreign keys to tables of which the caller may neither read the records nor
/// the description.
TableRef seen_by(const Call& call, TableRef table);

/// A table that a reference or a relation is to lead to.
/// Errors: NotFound, also for one that is there and not for the caller to see.
Task<Result<TableRef>> find_seen(Backend& backend, const Call& call, std::string name);

}  // namespace sluice::services::sql
