#pragma once
/// A table to create -> the statements that make it.

#include <string>
#include <vector>

#include "core/call.h"
#include "services/sql/backend.h"
#include "services/sql/new_table.h"

namespace sluice::services::sql {

/// Names are checked and quoted, types and words come from our own lists, defaults are literals:
/// nothing of the client's stands in the text as it came.
/// `earlier` are created before it in the same transaction: it may refer to them.
/// Errors: BadRequest, also for a reference to a table that is not there.
Task<Result<std::vector<std::string>>> create_sql(Backend& backend,
                                                  const Call& call,
                                                  const NewTable& table,
                                                  const std::vector<NewTable>& earlier);

}  // namespace sluice::services::sql
