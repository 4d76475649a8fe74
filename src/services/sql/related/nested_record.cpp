#include "services/sql/related/nested_record.h"

#include <algorithm>

#include "services/sql/extras.h"

namespace sluice::services::sql {
namespace {

using Way = NestedRecord::Way;
using Use = NestedTable::Use;

tl::unexpected<Error> wrong(const std::string& path, const std::string& why) {
    return fail(ErrorKind::BadRequest, path + ": " + why);
}

bool is_null(const Input* input) {
    return input == nullptr || input->form == Input::Form::Null;
}

bool is_among(const std::vector<const Column*>& columns, const Column* column) {
    return std::ranges::find(columns, column) != columns.end();
}

/// Whether the record gives all `columns`, but for `but`, which is given otherwise.
bool gives(const Table& table,
           const Record& record,
           const std::vector<const Column*>& columns,
           const Column* but = nullptr) {
    return !columns.empty() && std::ranges::all_of(columns, [&](const Column* column) {
        return column == but || !is_null(given(table, record, *column));
    });
}

/// Whether it gives nothing else.
bool gives_only(const Table& table,
                const Record& record,
                const std::vector<const Column*>& columns,
                const Column* but = nullptr) {
    return std::ranges::all_of(record, [&](const Record::Item& item) {
        const Column* column = table.find(item.first);
        return column != nullptr && (column == but || is_among(columns, column));
    });
}

/// Whether the record says what it refers to by records inside of it: fields of its own, then.
bool refers_on(const NestedRecord& record) {
    return std::ranges::any_of(record.members, [](const NestedMember& below) {
        return below.relation.form == Relation::Form::BelongsTo;
    });
}

/// `contact.id` under a group: null there takes the record out of the group.
std::vector<std::string> release_marks(const Table& ours) {
    if (ours.keys.size() != 1) {
        return {};
    }
    const Column& key = ours.columns[ours.keys.front()];
    return {ours.name + "." + key.name, ours.shown() + "." + key.shown()};
}

/// Takes one of `names` out of the record. False when none was there, or it was not null.
bool take_null(Record& record, const std::vector<std::string>& names) {
    const Input* found = nullptr;
    for (const std::string& name : names) {
        found = found == nullptr ? record.find(name) : found;
    }
    if (found == nullptr || found->form != Input::Form::Null) {
        return false;
    }
    std::vector<Record::Item> items;
    std::ranges::copy_if(record, std::back_inserter(items),
                         [found](const Record::Item& item) { return &item.second != found; });
    record = Record(std::move(items));
    return true;
}

/// Whether a value written to the column would get there.
Status check_settable(const NestedMember& member, const Column& column) {
    if (column.is_generated || is_kept_from_clients(column)) {
        return wrong(member.path, "field '" + column.shown() + "' cannot be written.");
    }
    return {};
}

}  // namespace

bool may_hold_records(const Table& table, const Record::Item& member) {
    const bool is_alike = member.second.form == Input::Form::Json ||
                          member.second.form == Input::Form::Null ||
                          member.first.find("_by_") != std::string::npos;
    return is_alike && table.find(member.first) == nullptr;
}

Task<Result<NestedTableRef>> NestedReader::table_of(std::string name) {
    if (const auto known = tables_.find(name); known != tables_.end()) {
        co_return known->second;
    }
    const Deadline deadline = caller_.request.origin.deadline;
    CO_TRY(auto table, co_await backend_.catalog.find(name, deadline));
    CO_TRY(auto relations, co_await backend_.catalog.relations(*table, deadline));
    auto made = std::make_shared<NestedTable>(std::move(table), std::move(relations));
    tables_.emplace(std::move(name), made);
    co_return made;
}

Status NestedReader::finish() {
    for (const auto& [name, table] : tables_) {
        SLUICE_CHECK(table->finish(backend_, caller_));
    }
    return {};
}

bool NestedReader::has_calls() const {
    return std::ranges::any_of(tables_,
                               [](const auto& entry) { return entry.second->has_calls(); });
}

Task<Result<NestedRecord>> NestedReader::read(TableRef table, const Record& record) {
    CO_TRY(auto relations,
           co_await backend_.catalog.relations(*table, caller_.request.origin.deadline));
    NestedRecord made;
    made.table = table;
    made.way = caller_.request.verb == Verb::Post ? Way::Insert : Way::Upsert;
    CO_CHECK(co_await read_members(*table, std::move(relations), record, 0, made));
    co_return made;
}

Task<Status> NestedReader::read_members(const Table& table,
                                        RelationsRef relations,
                                        const Record& record,
                                        int depth,
                                        NestedRecord& made) {
    std::vector<Record::Item> own;
    for (const Record::Item& item : record) {
        const Relation* relation =
            may_hold_records(table, item) ? find_relation(*relations, item.first) : nullptr;
        if (relation == nullptr) {
            own.push_back(item);
            continue;
        }
        std::string path = made.path.empty() ? item.first : made.path + "." + item.first;
        const bool is_twice = std::ranges::any_of(made.members, [&](const NestedMember& other) {
            return other.relation.name == relation->name;
        });
        if (is_twice) {
            co_return fail(given_twice(path));
        }
        CO_TRY(auto member,
               co_await read_member(table, *relation, std::move(path), item.second, depth + 1));
        made.members.push_back(std::move(member));
    }
    made.own = Record(std::move(own));
    for (const NestedMember& member : made.members) {
        const bool is_emptied =
            member.relation.form == Relation::Form::BelongsTo && member.records.empty();
        if (is_emptied && is_null(given(table, made.own, *member.field))) {
            made.own = with(table, made.own, *member.field, Input{});
        }
    }
    co_return Status{};
}

Task<Result<NestedMember>> NestedReader::read_member(
    const Table& table, Relation relation, std::string path, const Input& input, int depth) {
    NestedMember member;
    member.relation = std::move(relation);
    member.path = std::move(path);
    if (depth > kMaxNestedDepth) {
        co_return wrong(member.path, "records stand inside of others " +
                                         std::to_string(kMaxNestedDepth) + " deep at most.");
    }
    const bool is_list = member.relation.is_list();
    const bool is_object = input.form == Input::Form::Json && input.text.starts_with('{');
    if (input.form != Input::Form::Null && !is_object &&
        (input.form != Input::Form::Json || !is_list)) {
        co_return wrong(member.path,
                        is_list ? "it must be a list of records." : "it must be a record or null.");
    }
    CO_TRY(member.table, co_await table_of(member.relation.ref_table));
    member.field = table.find(member.relation.field);
    member.ref_field = member.table->table().find(member.relation.ref_field);
    if (member.field == nullptr || member.ref_field == nullptr) {
        co_return fail(ErrorKind::Internal, "The field of a relation is not in its table.");
    }
    member.table->show(member.ref_field->name);
    if (member.relation.form == Relation::Form::BelongsTo) {
        CO_CHECK(check_settable(member, *member.field));
    }
    if (member.relation.form == Relation::Form::ManyMany) {
        CO_TRY(member.junction, co_await table_of(member.relation.junction_table));
        const Table& between = member.junction->table();
        member.pair = {between.find(member.relation.junction_field),
                       between.find(member.relation.junction_ref_field)};
        if (is_among(member.pair, nullptr)) {
            co_return fail(ErrorKind::Internal, "The field of a relation is not in its table.");
        }
    }
    std::vector<Record> records;
    if (input.form == Input::Form::Json) {
        auto read = read_nested_records(input.text);
        if (!read) {
            co_return fail(std::move(read).error().with_prefix(member.path + ":"));
        }
        records = std::move(*read);
    } else if (member.relation.form == Relation::Form::HasOne) {
        records.emplace_back();  // the one that there is, is released
    }
    count_ += records.size();
    if (count_ > kMaxNested) {
        co_return fail(ErrorKind::BadRequest, "A request may carry at most " +
                                                  std::to_string(kMaxNested) +
                                                  " records inside of others.");
    }
    for (std::size_t i = 0; i < records.size(); ++i) {
        NestedRecord made;
        made.table = member.table->ref();
        made.path = member.path + (is_list ? "[" + std::to_string(i) + "]" : "");
        if (member.relation.form == Relation::Form::ManyMany &&
            take_null(records[i], release_marks(table))) {
            made.way = Way::Release;
        }
        if (input.form == Input::Form::Null) {
            made.way = Way::Release;
        }
        CO_CHECK(co_await read_members(member.table->table(), member.table->relations(), records[i],
                                       depth, made));
        CO_CHECK(judge(member, made));
        for (const NestedMember& below : made.members) {
            member.table->show(below.field->name);
        }
        member.records.push_back(std::move(made));
    }
    co_return member;
}

/// What is to become of the record, and what the caller must be allowed for it.
Status NestedReader::judge(const NestedMember& member, NestedRecord& record) {
    const bool is_other = member.relation.form == Relation::Form::BelongsTo ||
                          member.relation.form == Relation::Form::ManyMany;
    return is_other ? judge_other(member, record) : judge_child(member, record);
}

Status NestedReader::judge_other(const NestedMember& member, NestedRecord& record) {
    NestedTable& there = *member.table;
    const bool is_released = record.way == Way::Release;
    if (gives(there.table(), record.own, there.keys())) {
        record.by = there.keys();
    } else if (gives(there.table(), record.own, {member.ref_field})) {
        record.by = {member.ref_field};
    }
    if (member.junction) {
        member.junction->need(is_released ? Use::Remove : Use::Find, member.path);
        if (!is_released) {
            member.junction->need(Use::Insert, member.path);
        }
    }
    if (record.by.empty()) {
        if (is_released) {
            return wrong(record.path, "identifying field(s) not found in record.");
        }
        there.need(Use::Insert, member.path);
        return {};
    }
    const bool is_bare = gives_only(there.table(), record.own, record.by) && !refers_on(record);
    if (is_released || is_bare) {
        record.way = is_released ? Way::Release : Way::Find;
        there.need(Use::Find, member.path);
        return {};
    }
    record.way = Way::Upsert;
    there.need_upsert(member.path);
    return {};
}

Status NestedReader::judge_child(const NestedMember& member, NestedRecord& record) {
    NestedTable& there = *member.table;
    const Table& table = there.table();
    const Column* link = member.ref_field;
    SLUICE_CHECK(check_settable(member, *link));
    for (const NestedMember& below : record.members) {
        if (below.relation.form == Relation::Form::BelongsTo && below.field == link) {
            return wrong(below.path, "it is the record around it that this one belongs to.");
        }
    }
    const bool is_single = member.relation.form == Relation::Form::HasOne;
    const Input* said = given(table, record.own, *link);
    const bool is_given_up = said != nullptr && said->form == Input::Form::Null;
    const bool has_key = gives(table, record.own, there.keys(), link);
    if (record.way == Way::Release || (is_given_up && (has_key || is_single))) {
        record.by = has_key ? there.keys() : std::vector<const Column*>();
        return judge_release(member, record);
    }
    if (has_key) {
        record.by = there.keys();
        const bool is_bare = gives_only(table, record.own, there.keys(), link);
        record.way = is_bare && !is_among(there.keys(), link) ? Way::Adopt : Way::Upsert;
    } else if (is_single) {
        record.by = {link};
        record.way = Way::Upsert;
    }
    if (record.way == Way::Upsert) {
        there.need_upsert(member.path);
    } else {
        there.need(record.way == Way::Adopt ? Use::Change : Use::Insert, member.path);
    }
    return {};
}

Status NestedReader::judge_release(const NestedMember& member, NestedRecord& record) {
    const Column& link = *member.ref_field;
    record.way = Way::Release;
    record.is_deleted = !link.allows_null || link.is_primary_key;
    // Noted first: who lacks the right is told nothing about the field.
    member.table->need(record.is_deleted ? Use::Remove : Use::Change, member.path);
    if (record.is_deleted && !deletes_related_) {
        return wrong(record.path,
                     "field '" + link.shown() +
                         "' can not be NULL; 'allow_related_delete' deletes the record.");
    }
    if (!record.members.empty()) {
        return wrong(record.path, "a record that is given up holds no others.");
    }
    return {};
}

}  // namespace sluice::services::sql
