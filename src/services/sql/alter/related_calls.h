#pragma once
/// `_schema/{table}/_related`: relations shown, made and dropped.

#include "core/call.h"
#include "core/response.h"
#include "services/sql/alter/table_change.h"
#include "services/sql/backend.h"

namespace sluice::services::sql {

/// GET, POST, PUT, PATCH, DELETE.
/// Errors: BadRequest naming what is wrong with the relation, NotFound, Conflict for a name that is
///         taken, NotImplemented for what only a foreign key could do.
Task<Result<Response>> handle_relations(Backend& backend, const Call& call, TableRef table);
/// `_related/{relation}`: GET, PUT, PATCH, DELETE.
Task<Result<Response>> handle_relation(Backend& backend, const Call& call, TableRef table);

/// Whether the `related` of a table's description names what is there: it makes no relations.
/// Errors: BadRequest naming the one that is not.
Task<Status> check_related(Backend& backend,
                           const Call& call,
                           TableRef table,
                           const json::object& said);

}  // namespace sluice::services::sql
