#include "services/sql/related/nested_table.h"

#include <algorithm>

#include "services/sql/convert.h"
#include "services/sql/related/nested_scripts.h"

namespace sluice::services::sql {
namespace {

Verb verb_of(NestedTable::Use use, const Call& caller) {
    switch (use) {
        case NestedTable::Use::Find:
            return Verb::Get;
        case NestedTable::Use::Insert:
            return Verb::Post;
        case NestedTable::Use::Change:
            return caller.request.verb == Verb::Put ? Verb::Put : Verb::Patch;
        case NestedTable::Use::Remove:
            break;
    }
    return Verb::Delete;
}

Error forbidden(const Call& caller, const Table& table, Verb verb, const std::string& member) {
    return {ErrorKind::Forbidden,
            "Access Forbidden. " + std::string(name_of(verb)) + " access to component '_table/" +
                table.name + "' of service '" + caller.target.service + "', which '" + member +
                "' asks for, is not allowed by this user's role. Nothing was "
                "written."};
}

}  // namespace

NestedTable::NestedTable(TableRef table, RelationsRef relations)
    : table_(std::move(table)), relations_(std::move(relations)) {
    for (const std::size_t index : table_->keys) {
        keys_.push_back(&table_->columns[index]);
        shown_.insert(table_->columns[index].name);
    }
}

void NestedTable::need(Use use, const std::string& member) {
    Wanted& wanted = wanted_.at(static_cast<std::size_t>(use));
    if (wanted.wish != Wish::Must) {
        wanted = {Wish::Must, member};
    }
}

void NestedTable::need_upsert(const std::string& member) {
    if (upsert_member_.empty()) {
        upsert_member_ = member;
    }
    for (const Use use : {Use::Insert, Use::Change}) {
        Wanted& wanted = wanted_.at(static_cast<std::size_t>(use));
        if (wanted.wish == Wish::None) {
            wanted.wish = Wish::IfAllowed;
        }
    }
}

Status NestedTable::make(const Backend& backend, Use use, const Call& caller, const Grant& grant) {
    if (use == Use::Find) {
        SLUICE_TRY(readable_, resolve_grant(*table_, grant));
        return {};
    }
    Query query;
    query.fields.assign(shown_.begin(), shown_.end());
    SLUICE_TRY(auto planner, WritePlanner::make_for(backend, caller, grant, table_, query));
    (use == Use::Insert ? insert_ : use == Use::Change ? change_ : remove_) = std::move(planner);
    return {};
}

Status NestedTable::allow(const Backend& backend, const Call& caller, Use use, bool& is_allowed) {
    const Wanted& wanted = wanted_.at(static_cast<std::size_t>(use));
    const Verb verb = verb_of(use, caller);
    const Grant grant = grant_on(caller, "_table/" + table_->name, verb);
    is_allowed = wanted.wish != Wish::None && grant.verbs.contains(verb);
    if (wanted.wish == Wish::Must && !is_allowed) {
        return fail(forbidden(caller, *table_, verb, wanted.member));
    }
    if (!is_allowed) {
        return {};
    }
    if (use != Use::Find && has_scripts(backend, caller, *table_, verb)) {
        if (use != Use::Insert && keys_.empty()) {
            return fail(would_pass_scripts_by(*table_, verb));
        }
        by_call_.at(static_cast<std::size_t>(use)) = true;
        verbs_.at(static_cast<std::size_t>(use)) = verb;
    }
    return make(backend, use, caller, grant);
}

Status NestedTable::finish(const Backend& backend, const Call& caller) {
    dialect_ = backend.dialect.get();
    for (const std::string& field : shown_) {
        sources_.push_back({table_->find(field), {}});
    }
    shape_ = shape_of(table_, sources_);
    std::array<bool, 4> allowed{};
    for (const Use use : {Use::Find, Use::Insert, Use::Change, Use::Remove}) {
        SLUICE_CHECK(allow(backend, caller, use, allowed.at(static_cast<std::size_t>(use))));
    }
    const bool may_either = allowed.at(static_cast<std::size_t>(Use::Insert)) ||
                            allowed.at(static_cast<std::size_t>(Use::Change));
    if (!upsert_member_.empty() && !may_either) {
        return fail(forbidden(caller, *table_, verb_of(Use::Change, caller), upsert_member_));
    }
    return {};
}

Write NestedTable::find(Condition where) const {
    Select select;
    select.table = table_;
    select.sources = sources_;
    select.where = both(readable_, std::move(where));
    Write write;
    write.shape = shape_;
    write.statement = to_sql(*dialect_, select, 1);
    return write;
}

Result<Condition> equals_record(const std::vector<const Column*>& columns,
                                const Table& table,
                                const Record& record) {
    std::vector<Value> values;
    for (const Column* column : columns) {
        const Input* input = given(table, record, *column);
        SLUICE_TRY(auto value, to_value(*column, input == nullptr ? Input{} : *input));
        SLUICE_TRY(auto compared, comparable(*column, std::move(value)));
        values.push_back(std::move(compared));
    }
    return equals_id(columns, values);
}

const Input* given(const Table& table, const Record& record, const Column& column) {
    const auto found = std::ranges::find_if(
        record, [&](const Record::Item& item) { return table.find(item.first) == &column; });
    return found == record.end() ? nullptr : &found->second;
}

Record with(const Table& table, const Record& record, const Column& column, Input value) {
    std::vector<Record::Item> items;
    items.reserve(record.size() + 1);
    std::ranges::copy_if(record, std::back_inserter(items), [&](const Record::Item& item) {
        return table.find(item.first) != &column;
    });
    items.emplace_back(column.name, std::move(value));
    return Record(std::move(items));
}

}  // namespace sluice::services::sql
