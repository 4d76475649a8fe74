#include "services/sql/related/relation.h"

#include <algorithm>
#include <iterator>

#include "core/fields.h"

namespace sluice::services::sql {
namespace {

bool is_between(const Reference& reference, std::string_view from, std::string_view to) {
    return reference.table == from && reference.to.table == to;
}

void add(Relations& relations, Relation relation) {
    const bool is_taken = std::ranges::any_of(relations, [&relation](const Relation& other) {
        return equals_ignoring_case(other.name, relation.name);
    });
    if (!is_taken) {
        relations.push_back(std::move(relation));
    }
}

Relation belongs_to(const Reference& ours) {
    Relation relation;
    relation.form = Relation::Form::BelongsTo;
    relation.name = ours.to.table + "_by_" + ours.column;
    relation.field = ours.column;
    relation.ref_table = ours.to.table;
    relation.ref_field = ours.to.column;
    relation.on_update = ours.to.on_update;
    relation.on_delete = ours.to.on_delete;
    return relation;
}

Relation has(const Reference& theirs) {
    Relation relation;
    relation.form = theirs.is_unique ? Relation::Form::HasOne : Relation::Form::HasMany;
    relation.name = theirs.table + "_by_" + theirs.column;
    if (is_between(theirs, theirs.to.table, theirs.table)) {  // the other way has that name
        relation.name += theirs.is_unique ? "_one" : "_many";
    }
    relation.field = theirs.to.column;
    relation.ref_table = theirs.table;
    relation.ref_field = theirs.column;
    relation.on_update = theirs.to.on_update;
    relation.on_delete = theirs.to.on_delete;
    return relation;
}

Relation many_many(const Reference& to_us, const Reference& to_them) {
    Relation relation;
    relation.form = Relation::Form::ManyMany;
    relation.name = to_them.to.table + "_by_" + to_us.table;
    relation.field = to_us.to.column;
    relation.ref_table = to_them.to.table;
    relation.ref_field = to_them.to.column;
    relation.junction_table = to_us.table;
    relation.junction_field = to_us.column;
    relation.junction_ref_field = to_them.column;
    relation.on_update = to_us.to.on_update;
    relation.on_delete = to_us.to.on_delete;
    return relation;
}

/// Whether a path can name the table: related records are read by calls to it.
bool can_be_called(const std::string& table) {
    return table.find('/') == std::string::npos;
}

}  // namespace

std::string_view name_of(Relation::Form form) {
    switch (form) {
        case Relation::Form::BelongsTo:
            return "belongs_to";
        case Relation::Form::HasOne:
            return "has_one";
        case Relation::Form::HasMany:
            return "has_many";
        case Relation::Form::ManyMany:
            break;
    }
    return "many_many";
}

std::optional<Relation::Form> form_named(std::string_view name) {
    for (const auto form : {Relation::Form::BelongsTo, Relation::Form::HasOne,
                            Relation::Form::HasMany, Relation::Form::ManyMany}) {
        if (name == name_of(form)) {
            return form;
        }
    }
    return std::nullopt;
}

Relation relation_of(const store::VirtualRelationRow& row) {
    Relation relation;
    relation.form = form_named(row.type).value_or(Relation::Form::BelongsTo);
    relation.name = row.name;
    relation.field = row.field;
    relation.ref_table = row.ref_table;
    relation.ref_field = row.ref_field;
    relation.junction_table = row.junction_table;
    relation.junction_field = row.junction_field;
    relation.junction_ref_field = row.junction_ref_field;
    relation.is_virtual = true;
    relation.label = row.label;
    relation.description = row.description;
    return relation;
}

void add_extras(Relations& relations,
                const Table& table,
                const store::TextMap<store::RelationExtraRow>& kept) {
    for (Relation& relation : relations) {
        const auto found = kept.find(relation.name);
        if (found == kept.end()) {
            continue;
        }
        const store::RelationExtraRow& row = found->second;
        const bool is_taken = table.find(row.alias) != nullptr ||
                              std::ranges::any_of(relations, [&](const Relation& other) {
                                  return &other != &relation && other.answers_to(row.alias);
                              });
        relation.alias = is_taken ? "" : row.alias;
        relation.label = relation.is_virtual ? relation.label : row.label;
        relation.description = relation.is_virtual ? relation.description : row.description;
        relation.is_always_fetched = row.always_fetch;
        relation.is_flattened = row.flatten && !relation.is_list();
        relation.drops_prefix = row.flatten_drop_prefix;
    }
}

Relations relations_of(const Table& table, const std::vector<Reference>& database) {
    Relations relations;
    std::vector<Reference> all;
    std::ranges::copy_if(database, std::back_inserter(all), [](const Reference& reference) {
        return can_be_called(reference.table) && can_be_called(reference.to.table);
    });
    for (const Reference& reference : all) {
        if (reference.table == table.name) {
            add(relations, belongs_to(reference));
        }
    }
    for (const Reference& reference : all) {
        if (reference.to.table == table.name) {
            add(relations, has(reference));
        }
    }
    for (const Reference& to_us : all) {
        if (to_us.to.table != table.name) {
            continue;
        }
        for (const Reference& to_them : all) {
            if (to_them.table == to_us.table && to_them.column != to_us.column) {
                add(relations, many_many(to_us, to_them));
            }
        }
    }
    return relations;
}

bool Relation::answers_to(std::string_view other) const {
    return equals_ignoring_case(name, other) ||
           (!alias.empty() && equals_ignoring_case(alias, other));
}

const Relation* find_relation(const Relations& relations, std::string_view name) {
    const auto named = std::ranges::find_if(relations, [name](const Relation& relation) {
        return equals_ignoring_case(relation.name, name);
    });
    if (named != relations.end()) {
        return &*named;
    }
    const auto aliased = std::ranges::find_if(
        relations, [name](const Relation& relation) { return relation.answers_to(name); });
    if (aliased != relations.end()) {
        return &*aliased;
    }
    const auto leads_there = [name](const Relation& relation) {
        return equals_ignoring_case(relation.ref_table, name);
    };
    const auto only = std::ranges::find_if(relations, leads_there);
    return only != relations.end() && std::ranges::count_if(relations, leads_there) == 1 ? &*only
                                                                                         : nullptr;
}

}  // namespace sluice::services::sql
