#include "services/sql/related/links.h"

namespace sluice::services::sql {

Task<Result<Links>> resolve_links(Backend& backend,
                                  const Table& table,
                                  const Query& query,
                                  Deadline deadline) {
    Links links;
    if (!query.may_relate()) {
        co_return links;
    }
    CO_TRY(links.relations, co_await backend.catalog.relations(table, deadline));
    CO_TRY(links.asked, resolve_related(*links.relations, query));
    if (!links.asked.empty() && !query.group.empty()) {
        co_return fail(ErrorKind::BadRequest, "Parameter 'group' excludes related records.");
    }
    for (const RelatedQuery& asked : links.asked) {
        const Column* column = table.find(asked.relation->field);
        if (column == nullptr) {
            co_return fail(ErrorKind::Internal, "The field of a relation is not in its table.");
        }
        links.sources.push_back({column, {}});
    }
    co_return links;
}

}  // namespace sluice::services::sql
