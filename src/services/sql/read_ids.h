#pragma once
/// Reads of records by their identifiers.

#include "core/call.h"
#include "services/sql/backend.h"
#include "services/sql/keyed_rows.h"
#include "services/sql/query.h"
#include "services/sql/records.h"

namespace sluice::services::sql {

/// The records under `ids`, in the order of the database; all of them must be there.
/// Errors: BadRequest; Batch, with the record or the failure of each identifier, when one is
///         missing; those of reads.h.
Task<Result<Response>> read_ids(Backend& backend,
                                const Call& call,
                                TableRef table,
                                const Query& query,
                                const std::vector<Id>& ids);

/// The identifiers that records in the body carry.
/// Errors: BadRequest for a record without its keys.
Result<std::vector<Id>> ids_of_records(const Table& table, const Query& query, const Body& body);

/// The key of a row in a flat list: itself, or `"(a,b)"`.
std::string flat_id(const KeyedRows::Row& row, std::size_t keys);

/// NotFound, naming the identifier.
Error no_record(std::string_view id);

}  // namespace sluice::services::sql
