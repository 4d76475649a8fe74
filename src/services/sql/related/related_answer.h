#pragma once
/// Related records in the answers of writes.

#include "services/sql/related/links.h"

namespace sluice::services::sql {

/// `query` with the columns of `links` among its fields.
struct LinkedQuery {
    Query query;
    /// Fields that the client did not ask for: to be left out again.
    std::vector<std::string> extra;
};
/// Errors: BadRequest for an identifying field that there is none of.
Result<LinkedQuery> with_link_fields(const Table& table, const Query& query, const Links& links);

/// The answer of a write (one record, or a list) with the relations in its records and without the
/// `extra` fields. Anything else stays as it is.
/// Errors: those of read_nested (related/nested_read.h).
Task<Result<Response>> add_related_to(Backend& backend,
                                      const Call& caller,
                                      const Links& links,
                                      std::vector<std::string> extra,
                                      Response response);

}  // namespace sluice::services::sql
