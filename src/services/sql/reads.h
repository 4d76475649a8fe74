#pragma once
/// GET on `_table/{table_name}` and below it.

#include "core/call.h"
#include "core/response.h"
#include "services/sql/backend.h"
#include "services/sql/plan.h"

namespace sluice::services::sql {

/// A list: `{"resource":[...],"meta":{...}}`, or the count alone.
/// Errors: BadRequest for what the query names wrongly; Batch when `ids` names records that are
///         not there; the driver's.
Task<Result<Response>> list_records(
    Backend& backend, const Call& call, TableRef table, const Query& query, const Body& body);

/// The record with this identifier, bare.
/// Errors: NotFound `Record with identifier 'x' not found.`
Task<Result<Response>> get_record(
    Backend& backend, const Call& call, TableRef table, const Query& query, std::string id);

}  // namespace sluice::services::sql
