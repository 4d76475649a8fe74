#pragma once
/// A client's description of a table -> the statements that make it.

#include <string>
#include <string_view>
#include <vector>

#include "services/sql/backend.h"
#include "services/sql/new_table.h"

namespace sluice::services::sql {

/// Shape: `{"resource":[{"name":..,"field":[..]}]}`, a bare list, or one bare table.
/// Errors: BadRequest naming the table and field that cannot be.
Result<std::vector<NewTable>> read_new_tables(std::string_view body);

/// Names are checked and quoted, types and words come from our own lists, defaults are literals:
/// nothing of the client's stands in the text as it came.
/// `earlier` are created before it in the same transaction: it may refer to them.
/// Errors: BadRequest, also for a reference to a table that is not there.
Task<Result<std::vector<std::string>>> create_sql(Backend& backend,
                                                  const NewTable& table,
                                                  const std::vector<NewTable>& earlier,
                                                  Deadline deadline);

}  // namespace sluice::services::sql
