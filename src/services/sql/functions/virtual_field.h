#pragma once
/// Fields that no column of the database stands behind, and the functions of fields: what clients
/// may say of them.

#include "core/call.h"
#include "core/json.h"
#include "services/sql/backend.h"
#include "store/rows.h"

namespace sluice::services::sql {

/// Whether `said` asks of a virtual field only what such a field has. `column` null: it is made.
/// Errors: BadRequest naming the member; NotImplemented for aggregates.
Status check_virtual_members(const json::object& said,
                             const std::string& name,
                             const Column* column);

/// The simple type that it has from now on.
/// Errors: BadRequest for one that a virtual field cannot have.
Result<std::string> virtual_type(const json::object& said,
                                 const std::string& now,
                                 const std::string& name);

/// Whether the caller may put the functions of `row` in place of those of `old` (null: the field is
/// made), and whether the database takes them. `table` null: it is made, so that nobody can ask.
/// Errors: Forbidden for all but administrators, BadRequest, NotImplemented; the driver's.
Task<Status> check_functions(Backend& backend,
                             const Call& call,
                             TableRef table,
                             const Column* old,
                             const store::FieldExtraRow& row);

}  // namespace sluice::services::sql
