#pragma once
/// Lists that are longer than a page: their rows are fetched while the client takes them.

#include "core/call.h"
#include "core/response.h"
#include "services/sql/backend.h"
#include "services/sql/plan.h"
#include "services/sql/related/links.h"

namespace sluice::services::sql {

/// Whether the list may have so many rows that they are better not held all at once.
bool is_long(const Select& select);

/// The list whose rows `cursor` fetches, of the statement that list_records makes. Where not all of
/// it fits into the first piece, the response has a `rest`, for which `backend` must live on.
/// Shape:  the last columns of `select` are the sources of `links`, whose records are read for each
///         piece.
/// Errors: as of list_records, as far as the first piece tells.
Task<Result<Response>> stream_list(Backend& backend,
                                   const Call& call,
                                   const Query& query,
                                   Select select,
                                   CursorRef cursor,
                                   Links links = {});

}  // namespace sluice::services::sql
