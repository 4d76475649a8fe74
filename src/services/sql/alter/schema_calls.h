#pragma once
/// POST, PUT and PATCH on `_schema` and `_schema/{table}`; all on `_schema/{table}/_field`.
/// Errors (all of them): BadRequest, Conflict, NotFound and NotImplemented naming table or field;
///         the driver's.

#include "core/call.h"
#include "core/response.h"
#include "services/sql/backend.h"

namespace sluice::services::sql {

/// PUT and PATCH of tables in the body. Shape: `{"resource":[{"name":"todo"}]}`.
Task<Result<Response>> alter_tables(Backend& backend, const Call& call);

/// The one in the path. Shape: `{"name":"todo"}`.
Task<Result<Response>> alter_table(Backend& backend, const Call& call, TableRef table);

/// `_field`: names, or with `fields` what they ask for; made, changed and dropped.
Task<Result<Response>> handle_fields(Backend& backend, const Call& call, TableRef table);

/// `_field/{field}`: GET, PUT, PATCH, DELETE.
Task<Result<Response>> handle_field(Backend& backend, const Call& call, TableRef table);

}  // namespace sluice::services::sql
