#pragma once
/// POST, PUT, PATCH and DELETE on `_table/{table_name}` and below it.
/// Errors (all of them): BadRequest for what cannot be written; Batch when a record of several
///         fails; Forbidden for a record that the role may not write; NotFound for a record by
///         identifier that is not there; the driver's.

#include "core/call.h"
#include "core/response.h"
#include "services/sql/backend.h"
#include "services/sql/plan.h"

namespace sluice::services::sql {

Task<Result<Response>> create_records(
    Backend& backend, const Call& call, TableRef table, const Query& query, const Body& body);

/// By records with their keys, or the first record for all of `ids` or of `filter`.
Task<Result<Response>> update_records(
    Backend& backend, const Call& call, TableRef table, const Query& query, const Body& body);
Task<Result<Response>> update_record(Backend& backend,
                                     const Call& call,
                                     TableRef table,
                                     const Query& query,
                                     const Body& body,
                                     std::string id);

/// By `ids`, by records with their keys, by `filter`, or all with `force`.
Task<Result<Response>> delete_records(
    Backend& backend, const Call& call, TableRef table, const Query& query, const Body& body);
Task<Result<Response>> delete_record(
    Backend& backend, const Call& call, TableRef table, const Query& query, std::string id);

}  // namespace sluice::services::sql
