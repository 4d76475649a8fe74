#pragma once
/// What a request asks of related records.

#include <optional>
#include <vector>

#include "services/sql/query.h"
#include "services/sql/related/relation.h"

namespace sluice::services::sql {

/// One relation that the answer shall show.
struct RelatedQuery {
    const Relation* relation = nullptr;
    /// The name that the request uses: the relation's, or that of the table it leads to.
    std::string asked_as;
    /// Of the read of the other table: fields, filter, order, group, related and what belongs to
    /// that.
    Parameters options;
    /// Of the records under one of ours.
    std::optional<std::int64_t> limit;
    std::int64_t offset = 0;
};

/// The relations that `query.related` names, `*` for all, each once, with the options that are
/// given as `<relation>.<option>` or `<relation>_<option>`. They point into `relations`.
/// `unasked` are shown besides.
/// Errors: BadRequest for a relation that there is none of, an option that is none, or one whose
///         relation is not asked for.
Result<std::vector<RelatedQuery>> resolve_related(const Relations& relations,
                                                  const Query& query,
                                                  const std::vector<const Relation*>& unasked = {});

}  // namespace sluice::services::sql
