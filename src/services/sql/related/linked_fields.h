#pragma once
/// The fields of other tables that a filter names: `contact_info.kind = 'phone'`.

#include "services/sql/backend.h"
#include "services/sql/plan.h"

namespace sluice::services::sql {

/// Looks up each dotted name of `filter` that is no column of `table`: `<relation>.<field>`, or a
/// way over several relations. Of the other tables only the rows that the caller may read count.
///
/// Shape:  empty for a filter that cannot be parsed, which is refused when it is resolved.
/// Errors: BadRequest for a name whose relation or field there is none of, and for ways over more
///         than 5 relations; Forbidden where the caller may not read the other table; the driver's.
Task<Result<LinkedFields>> resolve_linked_fields(Backend& backend,
                                                 const Call& caller,
                                                 TableRef table,
                                                 std::string filter);

/// plan_select for a filter that may name fields of other tables.
/// Errors: those of both.
Task<Result<Select>> plan_linked(Backend& backend,
                                 const Call& call,
                                 TableRef table,
                                 const Query& query);

/// Whether plan_linked may differ from plan_select: a plain read need not await it.
inline bool may_link(const Query& query) {
    return query.filter.find('.') != std::string::npos;
}

}  // namespace sluice::services::sql
