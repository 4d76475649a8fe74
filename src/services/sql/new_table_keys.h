#pragma once
/// The primary key of a table to create.

#include "core/json.h"
#include "services/sql/new_table.h"

namespace sluice::services::sql {

/// Fills `keys` of a table whose columns are known: those that `primary_key` of its description
/// names, else those that say of themselves that they are of it.
/// Errors: BadRequest for names of no field, for one that the columns contradict, and for a column
///         that cannot count as it is to.
Status read_keys(const json::object& described, NewTable& table);

}  // namespace sluice::services::sql
