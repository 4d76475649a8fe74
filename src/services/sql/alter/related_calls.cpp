#include "services/sql/alter/related_calls.h"

#include <algorithm>
#include <array>

#include "core/fields.h"
#include "services/sql/alter/alter_table.h"
#include "services/sql/alter/relation_body.h"
#include "services/sql/alter/schema_body.h"
#include "services/sql/alter/seen.h"
#include "services/sql/describe.h"
#include "services/sql/object_text.h"
#include "services/sql/related/links.h"

namespace sluice::services::sql {
namespace {

constexpr std::size_t kMaxRelations = 200;

std::vector<TableChange> list_of_one(TableChange change) {
    std::vector<TableChange> changes;
    changes.push_back(std::move(change));
    return changes;
}

const Relation* named_exactly(const Relations& relations, std::string_view name) {
    const auto found = std::ranges::find_if(
        relations, [name](const Relation& relation) { return relation.answers_to(name); });
    return found == relations.end() ? nullptr : &*found;
}

tl::unexpected<Error> no_relation(std::string_view name, const Table& table) {
    return fail(ErrorKind::NotFound, "Relation '" + std::string(name) +
                                         "' does not exist in table '" + table.name + "'.");
}

/// A foreign key for what a relation says, as a change of the field that has it.
Task<Status> add_foreign_key(Backend& backend,
                             const Call& call,
                             TableRef table,
                             const json::object& said,
                             TableChange& change) {
    const std::string field(text_or(said, "field", ""));
    const Column* column = table->find(field);
    if (text_or(said, "type", "") != "belongs_to") {
        co_return fail(
            ErrorKind::BadRequest,
            "Only a relation of type 'belongs_to' can be made as a foreign key; one that "
            "is kept by the server has 'is_virtual'.");
    }
    if (column == nullptr) {
        co_return fail(ErrorKind::BadRequest,
                       "The relation has a 'field' that is none of table '" + table->name + "'.");
    }
    json::object reference;
    for (const char* member : {"ref_table", "ref_field", "ref_on_update", "ref_on_delete"}) {
        if (const json::value* given = said.if_contains(member)) {
            reference[member] = *given;
        }
    }
    CO_TRY(auto altered, co_await plan_field_change(backend, call, table, *column, reference));
    if (altered.changed.empty()) {
        co_return fail(ErrorKind::BadRequest, "The relation needs a 'ref_table'.");
    }
    std::ranges::move(altered.changed, std::back_inserter(change.changed));
    co_return Status();
}

/// Looks the tables and fields of a relation up, and takes their own spelling.
Task<Status> check_ends(Backend& backend,
                        const Call& call,
                        TableRef table,
                        store::VirtualRelationRow& row) {
    const auto spell = [](const Table& of, std::string& field) -> Status {
        const Column* column = of.find(field);
        if (column == nullptr) {
            return fail(ErrorKind::BadRequest, "The relation names the field '" + field +
                                                   "', which table '" + of.name +
                                                   "' does not have.");
        }
        if (column->is_virtual) {
            return fail(ErrorKind::BadRequest, "The relation names the field '" + field +
                                                   "', which is virtual: nothing refers to it.");
        }
        field = column->name;
        return {};
    };
    CO_CHECK(spell(*table, row.field));
    CO_TRY(const auto ref, co_await find_seen(backend, call, row.ref_table));
    row.ref_table = ref->name;
    CO_CHECK(spell(*ref, row.ref_field));
    if (row.junction_table.empty()) {
        co_return Status();
    }
    CO_TRY(const auto junction, co_await find_seen(backend, call, row.junction_table));
    row.junction_table = junction->name;
    CO_CHECK(spell(*junction, row.junction_field));
    co_return spell(*junction, row.junction_ref_field);
}

/// The relation that a foreign key of `table` makes.
Task<Result<Relation>> made_relation(Backend& backend,
                                     const Call& call,
                                     const Table& table,
                                     const json::object& said) {
    CO_TRY(const auto target,
           co_await find_seen(backend, call, std::string(text_or(said, "ref_table", ""))));
    const Column* column = table.find(text_or(said, "field", ""));
    Relation relation;
    relation.field = column == nullptr ? "" : column->name;
    relation.name = target->name + "_by_" + relation.field;
    co_return relation;
}

/// What a relation says of itself beside how it is made, into `change`.
/// Errors: Conflict for an alias that a field or another relation is called.
Status add_extra(const json::object& said,
                 const Relation& relation,
                 const Table& table,
                 const Relations& relations,
                 TableChange& change) {
    SLUICE_TRY(auto extra, read_relation_extra(said, relation));
    if (!extra) {
        return {};
    }
    const auto is_other = [&](const Relation& other) {
        return other.name != relation.name && other.answers_to(extra->alias);
    };
    const auto is_together = [&](const store::RelationExtraRow& other) {
        return equals_ignoring_case(other.alias, extra->alias) ||
               equals_ignoring_case(other.relation, extra->alias);
    };
    const bool is_taken =
        !extra->alias.empty() &&
        (table.find(extra->alias) != nullptr || std::ranges::any_of(relations, is_other) ||
         std::ranges::any_of(change.extras.relation_extras, is_together));
    if (is_taken) {
        return fail(ErrorKind::Conflict, "The alias '" + extra->alias + "' is taken: table '" +
                                             table.name +
                                             "' has a field or relation of that name.");
    }
    change.extras.relation_extras.push_back(std::move(*extra));
    return {};
}

/// What each of `items` makes or changes, into `change`. Shape: the names of the relations.
Task<Result<std::vector<std::string>>> plan_items(Backend& backend,
                                                  const Call& call,
                                                  TableRef table,
                                                  const json::array& items,
                                                  TableChange& change) {
    const Deadline deadline = call.request.origin.deadline;
    const bool makes = call.request.verb == Verb::Post;
    CO_TRY(const auto relations, co_await backend.catalog.relations(*table, deadline));
    if (items.size() > kMaxRelations) {
        co_return fail(ErrorKind::BadRequest, "A request may name at most " +
                                                  std::to_string(kMaxRelations) + " relations.");
    }
    const Relations seen = seen_relations(call, *relations);
    std::vector<std::string> names;
    for (const json::value& item : items) {
        if (!item.is_object()) {
            co_return fail(ErrorKind::BadRequest, "Each relation must be an object.");
        }
        const json::object& said = item.get_object();
        CO_CHECK(check_relation_members(said));
        const Relation* old = named_exactly(makes ? *relations : seen, text_or(said, "name", ""));
        if (!makes && old == nullptr) {
            co_return no_relation(text_or(said, "name", ""), *table);
        }
        const bool is_virtual =
            old != nullptr ? old->is_virtual : is_truthy_member(said, "is_virtual");
        if (makes && !is_virtual && old == nullptr) {
            CO_CHECK(co_await add_foreign_key(backend, call, table, said, change));
            CO_TRY(const auto made, co_await made_relation(backend, call, *table, said));
            CO_CHECK(add_extra(said, made, *table, *relations, change));
            names.push_back(made.name);
            continue;
        }
        if (!is_virtual && !makes) {
            CO_CHECK(check_same_relation(said, *old));
            CO_CHECK(add_extra(said, *old, *table, *relations, change));
            names.push_back(old->name);
            continue;
        }
        CO_TRY(auto row, read_virtual_relation(said, makes ? nullptr : old));
        CO_CHECK(co_await check_ends(backend, call, table, row));
        const bool is_taken = makes && (named_exactly(*relations, row.name) != nullptr ||
                                        std::ranges::find(names, row.name) != names.end() ||
                                        table->find(row.name) != nullptr);
        if (is_taken) {
            co_return fail(ErrorKind::Conflict, "Relation or field '" + row.name +
                                                    "' already exists in table '" + table->name +
                                                    "'.");
        }
        Relation made = relation_of(row);
        if (!makes) {
            made.alias = old->alias;
            made.is_always_fetched = old->is_always_fetched;
            made.is_flattened = old->is_flattened && !made.is_list();
            made.drops_prefix = old->drops_prefix;
        }
        CO_CHECK(add_extra(said, made, *table, *relations, change));
        names.push_back(row.name);
        change.extras.relations.push_back(std::move(row));
    }
    if (relations->size() + change.extras.relations.size() > kMaxRelations) {
        co_return fail(ErrorKind::BadRequest,
                       "A table may have at most " + std::to_string(kMaxRelations) + " relations.");
    }
    co_return names;
}

/// The field whose foreign key makes the relation, as it is to be without.
/// Errors: BadRequest for a relation that another table's key makes; NotImplemented where the field
///         has several.
Result<FieldChange> without_foreign_key(const Table& table,
                                        const Relations& relations,
                                        const Relation& relation) {
    if (relation.form != Relation::Form::BelongsTo) {
        const std::string& holder =
            relation.junction_table.empty() ? relation.ref_table : relation.junction_table;
        return fail(ErrorKind::BadRequest, "The relation '" + relation.name +
                                               "' is made by a foreign key of table '" + holder +
                                               "': it is dropped there.");
    }
    const auto keys = std::ranges::count_if(relations, [&relation](const Relation& other) {
        return !other.is_virtual && other.form == relation.form && other.field == relation.field;
    });
    const Column* column = table.find(relation.field);
    if (column == nullptr || keys != 1) {
        return fail(ErrorKind::NotImplemented,
                    "The field of the relation '" + relation.name +
                        "' has several foreign keys: one of them cannot be dropped here.");
    }
    FieldChange change;
    change.column = column;
    change.wanted.name = column->name;
    change.wanted.allows_null = column->allows_null;
    change.drops_reference = true;
    return change;
}

Task<Status> drop_relations(Backend& backend,
                            const Call& call,
                            TableRef table,
                            const std::vector<std::string>& names) {
    const Deadline deadline = call.request.origin.deadline;
    CO_TRY(const auto all, co_await backend.catalog.relations(*table, deadline));
    const Relations relations = seen_relations(call, *all);
    TableChange change;
    change.table = table;
    for (const std::string& name : names) {
        const Relation* relation = named_exactly(relations, name);
        if (relation == nullptr) {
            co_return no_relation(name, *table);
        }
        const auto& gone = change.extras.dropped_relations;
        if (std::ranges::find(gone, relation->name) != gone.end()) {
            continue;
        }
        if (!relation->is_virtual) {
            CO_TRY(auto field, without_foreign_key(*table, *all, *relation));
            change.changed.push_back(std::move(field));
        }
        change.extras.dropped_relations.push_back(relation->name);
    }
    co_return co_await apply_changes(backend, list_of_one(std::move(change)), deadline);
}

}  // namespace

Task<Result<Response>> handle_relations(Backend& backend, const Call& call, TableRef table) {
    const Deadline deadline = call.request.origin.deadline;
    if (call.request.verb == Verb::Get) {
        CO_TRY(const auto relations, co_await backend.catalog.relations(*table, deadline));
        std::vector<std::string> items;
        for (const Relation& relation : seen_relations(call, *relations)) {
            items.push_back(related_json(relation));
        }
        co_return list_described(items, call.request.parameters);
    }
    if (call.request.verb == Verb::Delete) {
        CO_TRY(const auto names, read_names(call.request, "relation"));
        CO_CHECK(co_await drop_relations(backend, call, table, names));
        co_return named(names);
    }
    CO_TRY(const auto items, read_items(call.request.content, "relation"));
    TableChange change;
    change.table = table;
    CO_TRY(const auto names, co_await plan_items(backend, call, table, items, change));
    CO_CHECK(co_await apply_changes(backend, list_of_one(std::move(change)), deadline));
    co_return named(names);
}

Task<Result<Response>> handle_relation(Backend& backend, const Call& call, TableRef table) {
    const Deadline deadline = call.request.origin.deadline;
    const std::string name = call.target.segments[3];
    CO_TRY(const auto all, co_await backend.catalog.relations(*table, deadline));
    const Relations relations = seen_relations(call, *all);
    const Relation* relation = named_exactly(relations, name);
    if (relation == nullptr) {
        co_return no_relation(name, *table);
    }
    if (call.request.verb == Verb::Get) {
        co_return Response::json(related_json(*relation));
    }
    if (call.request.verb == Verb::Delete) {
        CO_CHECK(co_await drop_relations(backend, call, table, {name}));
        co_return Response::json("{\"name\":" + json_string(relation->name) + ",\"success\":true}");
    }
    CO_TRY(auto said, read_item(call.request.content, "relation"));
    said["name"] = relation->name;
    json::array items;
    items.push_back(std::move(said));
    TableChange change;
    change.table = table;
    CO_TRY(const auto names, co_await plan_items(backend, call, table, items, change));
    CO_CHECK(co_await apply_changes(backend, list_of_one(std::move(change)), deadline));
    co_return Response::json("{\"name\":" + json_string(names.front()) + "}");
}

Task<Status> check_related(Backend& backend,
                           const Call& call,
                           TableRef table,
                           const json::object& said) {
    const json::value* given = said.if_contains("related");
    if (given == nullptr || given->is_null()) {
        co_return Status();
    }
    if (!given->is_array()) {
        co_return fail(ErrorKind::BadRequest,
                       "The 'related' of table '" + table->name + "' must be a list.");
    }
    CO_TRY(const auto all,
           co_await backend.catalog.relations(*table, call.request.origin.deadline));
    const Relations relations = seen_relations(call, *all);
    for (const json::value& item : given->get_array()) {
        const std::string name(item.is_object() ? text_or(item.get_object(), "name", "") : "");
        if (named_exactly(relations, name) == nullptr) {
            co_return fail(
                ErrorKind::BadRequest,
                "The relation '" + name +
                    "' is none of the table: relations are made by a POST on '_related'.");
        }
    }
    co_return Status();
}

}  // namespace sluice::services::sql
