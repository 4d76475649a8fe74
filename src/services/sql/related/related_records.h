#pragma once
/// Puts the records of other tables into the ones of an answer.

#include "services/sql/backend.h"
#include "services/sql/keyed_rows.h"
#include "services/sql/related/related_query.h"

namespace sluice::services::sql {

/// Adds a member for each of `asked` to each of `rows`: a list, a record or null.
///
/// Shape:  the key of number `first_key + i` of a row is the value of relation i's own field.
/// Errors: those of read_nested (related/nested_read.h); too_large for more bytes than an answer of
///         the service may hold.
Task<Status> add_related(Backend& backend,
                         const Call& caller,
                         std::vector<RelatedQuery> asked,
                         std::size_t first_key,
                         std::vector<KeyedRows::Row>& rows);

}  // namespace sluice::services::sql
