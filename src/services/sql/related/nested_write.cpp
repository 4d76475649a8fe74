#include "services/sql/related/nested_write.h"

#include <algorithm>

#include "services/sql/related/links.h"
#include "services/sql/related/related_answer.h"

namespace sluice::services::sql {
namespace {

/// The columns of the call's own table that the records inside refer to.
std::vector<ResultSource> sources_of(const NestedRecord& record) {
    std::vector<ResultSource> sources;
    for (const NestedMember& member : record.members) {
        if (member.relation.form != Relation::Form::BelongsTo) {
            sources.push_back({member.field, {}});
        }
    }
    return sources;
}

/// Each identifier gets records of its own.
std::size_t times(const Query& query) {
    return query.ids_given ? std::max<std::size_t>(query.ids.size(), 1) : 1;
}

}  // namespace

Error too_many_nested() {
    return {ErrorKind::BadRequest, "A request may write at most " + std::to_string(kMaxNested) +
                                       " records inside of others."};
}

bool may_nest(const Table& table, const Body& body) {
    return std::ranges::any_of(body.records, [&table](const Record& record) {
        return std::ranges::any_of(record, [&table](const Record::Item& member) {
            return may_hold_records(table, member);
        });
    });
}

Task<Result<NestingRef>> Nesting::of(
    Backend& backend, const Call& call, TableRef table, const Query& query, const Body& body) {
    auto made = std::make_shared<Nesting>();
    NestedReader reader(backend, call, query.deletes_related);
    Links links;
    bool holds_any = false;
    for (const Record& record : body.records) {
        auto read = co_await reader.read(table, record);
        if (!read && read.error().kind() != ErrorKind::BadRequest) {
            co_return fail(std::move(read).error());
        }
        if (!read) {
            holds_any = true;
            made->records_.push_back(fail(std::move(read).error()));
            continue;
        }
        holds_any = holds_any || !read->members.empty();
        std::ranges::move(sources_of(*read), std::back_inserter(links.sources));
        made->records_.push_back(std::make_shared<const NestedRecord>(std::move(*read)));
    }
    if (!holds_any) {
        co_return NestingRef();
    }
    made->count_ = reader.count() * times(query);
    if (made->count_ > kMaxNested) {
        co_return fail(too_many_nested());
    }
    CO_CHECK(reader.finish());
    made->has_calls_ = reader.has_calls();
    CO_TRY(auto linked, with_link_fields(*table, query, links));
    made->query_ = std::move(linked.query);
    made->hidden_ = std::move(linked.extra);
    co_return made;
}

Write Nesting::write(std::size_t index, PlanRecord plan, std::shared_ptr<ByteBudget> budget) const {
    const auto& record = records_.at(index);
    Write write;
    write.budget = std::move(budget);
    if (!record) {
        write.refusal = record.error();
        return write;
    }
    write.may_return_many = true;
    write.steps = std::make_shared<NestedSteps>(*record, std::move(plan), hidden_);
    return write;
}

}  // namespace sluice::services::sql
