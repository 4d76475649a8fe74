#pragma once
/// What a client says about a field that is there -> what changes of it.

#include "core/json.h"
#include "services/sql/alter/table_change.h"

namespace sluice::services::sql {

/// What is not said stays as it is, and what is said as `_schema` shows it is no change: a
/// description may be sent back whole.
/// Errors: BadRequest naming the member that is wrong; NotImplemented for what cannot be changed.
Result<FieldChange> read_field_change(const Table& table,
                                      const Column& column,
                                      const json::object& said);

}  // namespace sluice::services::sql
