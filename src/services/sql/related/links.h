#pragma once
/// The columns that lead from the records of an answer to those that belong to them.

#include "services/sql/backend.h"
#include "services/sql/plan.h"
#include "services/sql/related/related_query.h"

namespace sluice::services::sql {

/// What a request asks of related records, and the column that leads to each.
struct Links {
    RelationsRef relations;
    std::vector<RelatedQuery> asked;
    std::vector<ResultSource> sources;
};

/// Shape:  empty when the request names no relation.
/// Errors: those of resolve_related; BadRequest for groups, which are no records, and for relations
///         of relations beyond a depth of 5.
Task<Result<Links>> resolve_links(Backend& backend,
                                  const Table& table,
                                  const Query& query,
                                  const Origin& origin);

/// Those of `relations` that lead to tables with which the caller may do anything at all.
Relations seen_relations(const Call& caller, const Relations& relations);

/// Whether the caller may read what the links lead to. A write asks before it writes; a read is
/// told by the calls that it makes.
/// Errors: Forbidden.
Status check_rights(const Call& caller, const Links& links);

}  // namespace sluice::services::sql
