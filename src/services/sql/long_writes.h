#pragma once
/// Writes of more records than are held at once: they are read, written and forgotten in portions,
/// all of them in one transaction.

#include "core/call.h"
#include "core/response.h"
#include "services/sql/backend.h"
#include "services/sql/query.h"
#include "services/sql/write.h"

namespace sluice::services::sql {

/// What is done with each record of a body.
enum class RecordChange {
    Insert,
    Update,  ///< by its own key
    Remove,
};

BatchMode mode_of(const Query& query);

/// Why nothing at all was written, when that is no fault of a record: the database was away. Null
/// when something was.
const Error* outage_of(const std::vector<Written>& written);

/// `body` has a `rest`. Answers and fails as if all records were written at once; they are, where
/// the database has no connection to spare for a transaction, and where one that is shared would
/// have to be undone in part.
/// Shape:  what is held is one portion, the answer so far and nothing else that grows.
/// Errors: those of writes.h; too_large, with everything undone, when what the records failed with
///         is more than an answer may hold.
Task<Result<Response>> write_in_portions(Backend& backend,
                                         const Call& call,
                                         TableRef table,
                                         const Query& query,
                                         const Body& body,
                                         RecordChange change);

}  // namespace sluice::services::sql
