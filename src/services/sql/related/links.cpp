#include "services/sql/related/links.h"

#include <algorithm>
#include <iterator>

namespace sluice::services::sql {
namespace {

constexpr int kMaxDepth = 5;

Status check_rights_on(const Call& caller, const std::string& table) {
    if (grant_on(caller, "_table/" + table, Verb::Get).verbs.contains(Verb::Get)) {
        return {};
    }
    return fail(ErrorKind::Forbidden, "Access Forbidden. GET access to component '_table/" + table +
                                          "' of service '" + caller.target.service +
                                          "', which 'related' asks for, is not allowed by this "
                                          "user's role. Nothing was written.");
}

bool may_read(const Call& caller, const Relation& relation) {
    return check_rights_on(caller, relation.ref_table) &&
           (relation.junction_table.empty() || check_rights_on(caller, relation.junction_table));
}

bool sees(const Call& caller, const std::string& table) {
    return table.empty() || grant_on(caller, "_table/" + table, Verb::Get).verbs.bits() != 0 ||
           grant_on(caller, "_schema/" + table, Verb::Get).verbs.bits() != 0;
}

}  // namespace

Relations seen_relations(const Call& caller, const Relations& relations) {
    Relations seen;
    std::ranges::copy_if(relations, std::back_inserter(seen), [&caller](const Relation& relation) {
        return sees(caller, relation.ref_table) && sees(caller, relation.junction_table);
    });
    return seen;
}

Task<Result<Links>> resolve_links(Backend& backend,
                                  const Call& call,
                                  const Table& table,
                                  const Query& query) {
    const Origin& origin = call.request.origin;
    Links links;
    const bool fetches = table.fetches_relations && call.request.verb == Verb::Get &&
                         origin.related_depth == 0 && query.group.empty() && !query.lists_ids;
    if (!query.may_relate() && !fetches) {
        co_return links;
    }
    CO_TRY(links.relations, co_await backend.catalog.relations(table, origin.deadline));
    std::vector<const Relation*> unasked;
    for (const Relation& relation : *links.relations) {
        if (fetches && relation.is_always_fetched && may_read(call, relation)) {
            unasked.push_back(&relation);
        }
    }
    CO_TRY(links.asked, resolve_related(*links.relations, query, unasked));
    if (!links.asked.empty() && !query.group.empty()) {
        co_return fail(ErrorKind::BadRequest, "Parameter 'group' excludes related records.");
    }
    if (!links.asked.empty() && origin.related_depth >= kMaxDepth) {
        co_return fail(ErrorKind::BadRequest, "Relations of relations are shown " +
                                                  std::to_string(kMaxDepth) + " deep at most.");
    }
    for (const RelatedQuery& asked : links.asked) {
        const Column* column = table.find(asked.relation->field);
        if (column == nullptr) {
            co_return fail(ErrorKind::Internal, "The field of a relation is not in its table.");
        }
        links.sources.push_back({column, {}, true});
    }
    co_return links;
}

Status check_rights(const Call& caller, const Links& links) {
    for (const RelatedQuery& asked : links.asked) {
        SLUICE_CHECK(check_rights_on(caller, asked.relation->ref_table));
        if (!asked.relation->junction_table.empty()) {
            SLUICE_CHECK(check_rights_on(caller, asked.relation->junction_table));
        }
    }
    return {};
}

}  // namespace sluice::services::sql
