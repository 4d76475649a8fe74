#pragma once
/// Which members a table and a field may have when they are made. A misspelt one must not make a
/// column that is not what was asked for.

#include "core/json.h"
#include "core/result.h"

namespace sluice::services::sql {

/// What tables and fields are made from, and everything that `_schema/{table}` shows of them, so
/// that a description can be sent back.
/// Errors: BadRequest naming the member and whose it is.
Status check_table_members(const json::object& table, std::string_view name);
Status check_field_members(const json::object& field, std::string_view name);

/// Whether the field is to be one without a column.
bool says_virtual(const json::object& field);

}  // namespace sluice::services::sql
