#pragma once
/// Tables that are there -> tables as a client wants them. Source: docs/reference/schema-api.md.

#include <string>
#include <vector>

#include "core/call.h"
#include "core/json.h"
#include "services/sql/alter/table_change.h"
#include "services/sql/backend.h"

namespace sluice::services::sql {

/// What becomes of the fields that a request names, and of the others.
struct FieldRules {
    /// A field that is not there is made, else NotFound.
    bool makes_new = true;
    /// A field that is there is changed, else Conflict.
    bool changes_old = true;
    /// A field that is not named is dropped.
    bool drops_rest = false;
};

/// Errors: BadRequest, Conflict, NotFound and NotImplemented, naming the field.
Task<Result<TableChange>> plan_change(Backend& backend,
                                      const Call& call,
                                      TableRef table,
                                      const json::array& fields,
                                      FieldRules rules);

/// What `said` changes of one field; another name in it is its new one.
Task<Result<TableChange>> plan_field_change(Backend& backend,
                                            const Call& call,
                                            TableRef table,
                                            const Column& column,
                                            const json::object& said);

/// The columns of those names.
/// Errors: NotFound; BadRequest for the primary key, and for all columns of the table.
Result<std::vector<const Column*>> columns_to_drop(const Table& table,
                                                   const std::vector<std::string>& names);

/// Has `change` drop them, and what is kept about them.
void drop(TableChange& change, const std::vector<const Column*>& columns);

/// Makes all changes or none where the database can; else as many tables as come before the first
/// that fails, which the error tells. What was known about tables is forgotten.
/// Errors: as Dialect::alter, and the driver's.
Task<Status> apply_changes(Backend& backend,
                           const std::vector<TableChange>& changes,
                           Deadline deadline);

}  // namespace sluice::services::sql
