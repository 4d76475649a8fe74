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

/// Besides those that the request names, a read shows the ones that are always fetched: not where
/// it is itself a read of related records, nor in groups, nor those that the caller may not read.
/// Shape:  empty when there are none.
/// Errors: those of resolve_related; BadRequest for groups, which are no records, and for relations
///         of relations beyond a depth of 5.
Task<Result<Links>> resolve_links(Backend& backend,
                                  const Call& call,
                                  const Table& table,
                                  const Query& query);

/// Those of `relations` that lead to tables with which the caller may do anything at all.
Relations seen_relations(const Call& caller, const Relations& relations);

/// Whether the caller may read what the links lead to. A write asks before it writes; a read is
/// told by the calls that it makes.
/// Errors: Forbidden.
Status check_rights(const Call& caller, const Links& links);

}  // namespace sluice::services::sql
