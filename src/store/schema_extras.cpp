#include "store/schema_extras.h"

#include <algorithm>

#include "core/fields.h"
#include "store/tables.h"

namespace sluice::store {
namespace {

template <typename T>
Status done(const Result<T>& result) {
    return result ? Status() : fail(result.error());
}

bool says_nothing(const TableExtraRow& row) {
    return row.alias.empty() && row.label.empty() && row.plural.empty() &&
           row.description.empty() && row.name_field.empty();
}

bool says_nothing(const FieldExtraRow& row) {
    return row.alias.empty() && row.label.empty() && row.description.empty() &&
           row.extra_type.empty() && row.picklist.empty() && row.validation.empty() &&
           row.db_function.empty();
}

bool says_nothing(const RelationExtraRow& row) {
    return row.alias.empty() && row.label.empty() && row.description.empty() && !row.always_fetch &&
           !row.flatten && !row.flatten_drop_prefix;
}

bool says_nothing(const VirtualRelationRow& /*row*/) {
    return false;
}

bool is_same(const TableExtraRow& a, const TableExtraRow& b) {
    return a.table == b.table;
}
bool is_same(const FieldExtraRow& a, const FieldExtraRow& b) {
    return a.table == b.table && a.field == b.field;
}
bool is_same(const RelationExtraRow& a, const RelationExtraRow& b) {
    return a.table == b.table && equals_ignoring_case(a.relation, b.relation);
}
bool is_same(const VirtualRelationRow& a, const VirtualRelationRow& b) {
    return a.table == b.table && equals_ignoring_case(a.name, b.name);
}

/// Few rows among which the one is that `row` takes the place of: a table of a thousand fields is
/// saved field by field, and each reading all of them would be a million.
Result<std::vector<FieldExtraRow>> candidates(Table<FieldExtraRow>& table,
                                              const FieldExtraRow& row) {
    return table.where("field", row.field);
}
template <typename Row>
Result<std::vector<Row>> candidates(Table<Row>& table, const Row& row) {
    return table.where("service_id", row.service_id);
}

template <typename Row>
Status save(Table<Row>& table, Row row) {
    SLUICE_TRY(const auto rows, candidates(table, row));
    const auto old = std::ranges::find_if(rows, [&row](const Row& other) {
        return other.service_id == row.service_id && is_same(other, row);
    });
    if (old == rows.end()) {
        return says_nothing(row) ? Status() : done(table.insert(std::move(row)));
    }
    if (says_nothing(row)) {
        return table.remove(*old);
    }
    row.id = old->id;
    return done(table.update(row));
}

template <typename Row, typename Test>
Status remove_where(Table<Row>& table, Id service, Test test) {
    SLUICE_TRY(const auto rows, table.where("service_id", service));
    for (const Row& row : rows) {
        if (test(row)) {
            SLUICE_CHECK(table.remove(row));
        }
    }
    return {};
}

/// The field that names the records of a table is gone (`to` empty), or has another name.
Status move_name_field(Tables& tables,
                       Id service,
                       std::string_view table,
                       std::string_view from,
                       std::string_view to) {
    SLUICE_TRY(auto rows, tables.table_extras.where("service_id", service));
    for (TableExtraRow& row : rows) {
        if (row.table == table && row.name_field == from) {
            row.name_field = to;
            SLUICE_CHECK(save(tables.table_extras, std::move(row)));
        }
    }
    return {};
}

bool leads_to(const VirtualRelationRow& row, std::string_view table) {
    return row.table == table || row.ref_table == table || row.junction_table == table;
}

bool uses(const VirtualRelationRow& row, std::string_view table, std::string_view field) {
    return (row.table == table && row.field == field) ||
           (row.ref_table == table && row.ref_field == field) ||
           (row.junction_table == table &&
            (row.junction_field == field || row.junction_ref_field == field));
}

/// Relations that foreign keys make are named by tables and fields: `<table>_by_<field>`. What is
/// kept about one follows the name.
Status rename_relations(Tables& tables,
                        Id service,
                        std::string_view table,
                        std::string_view from,
                        std::string_view to) {
    const std::string end = "_by_" + std::string(from);
    const std::string theirs = std::string(table) + end;
    SLUICE_TRY(auto rows, tables.relation_extras.where("service_id", service));
    for (RelationExtraRow& row : rows) {
        const bool is_ours =
            row.table == table && row.type == "belongs_to" && row.relation.ends_with(end);
        const bool is_theirs = row.type != "belongs_to" && row.relation.starts_with(theirs) &&
                               (row.relation.size() == theirs.size() ||
                                row.relation.substr(theirs.size()) == "_many" ||
                                row.relation.substr(theirs.size()) == "_one");
        if (is_ours || is_theirs) {
            const std::size_t at =
                is_ours ? row.relation.size() - from.size() : theirs.size() - from.size();
            row.relation.replace(at, from.size(), to);
            SLUICE_CHECK(done(tables.relation_extras.update(row)));
        }
    }
    return {};
}

bool is_named_after(const RelationExtraRow& row, std::string_view table) {
    return row.table == table || row.relation.starts_with(std::string(table) + "_by_") ||
           row.relation.ends_with("_by_" + std::string(table));
}

}  // namespace

TextMap<std::string> aliases_in(const SchemaExtras& extras) {
    TextMap<std::string> aliases;
    for (const auto& [table, kept] : extras) {
        if (kept.table && !kept.table->alias.empty() && table.find('/') == std::string::npos) {
            aliases.emplace(lower_case(kept.table->alias), table);
        }
    }
    return aliases;
}

Result<SchemaExtras> read_schema_extras(Tables& tables, Id service) {
    SchemaExtras extras;
    SLUICE_TRY(auto of_tables, tables.table_extras.where("service_id", service));
    for (TableExtraRow& row : of_tables) {
        TableExtras& kept = extras[row.table];
        kept.table = std::move(row);
    }
    SLUICE_TRY(auto of_fields, tables.field_extras.where("service_id", service));
    for (FieldExtraRow& row : of_fields) {
        TableExtras& kept = extras[row.table];
        kept.fields[row.field] = std::move(row);
    }
    SLUICE_TRY(auto relations, tables.virtual_relations.where("service_id", service));
    for (VirtualRelationRow& row : relations) {
        extras[row.table].relations.push_back(std::move(row));
    }
    SLUICE_TRY(auto of_relations, tables.relation_extras.where("service_id", service));
    for (RelationExtraRow& row : of_relations) {
        TableExtras& kept = extras[row.table];
        kept.relation_extras[row.relation] = std::move(row);
    }
    return extras;
}

Result<std::optional<FieldExtraRow>> find_field_extra(Tables& tables,
                                                      Id service,
                                                      std::string_view table,
                                                      std::string_view field) {
    FieldExtraRow asked;
    asked.service_id = service;
    asked.table = table;
    asked.field = field;
    SLUICE_TRY(const auto rows, candidates(tables.field_extras, asked));
    const auto found = std::ranges::find_if(rows, [&asked](const FieldExtraRow& row) {
        return row.service_id == asked.service_id && is_same(row, asked);
    });
    return found == rows.end() ? std::nullopt : std::optional(*found);
}

Status save_table_extra(Tables& tables, TableExtraRow row) {
    return save(tables.table_extras, std::move(row));
}

Status save_field_extra(Tables& tables, FieldExtraRow row) {
    return save(tables.field_extras, std::move(row));
}

Status save_relation_extra(Tables& tables, RelationExtraRow row) {
    return save(tables.relation_extras, std::move(row));
}

Status save_virtual_relation(Tables& tables, VirtualRelationRow row) {
    return save(tables.virtual_relations, std::move(row));
}

Result<bool> remove_virtual_relation(Tables& tables,
                                     Id service,
                                     std::string_view table,
                                     std::string_view name) {
    bool was_there = false;
    SLUICE_CHECK(
        remove_where(tables.virtual_relations, service, [&](const VirtualRelationRow& row) {
            const bool is_it = row.table == table && equals_ignoring_case(row.name, name);
            was_there = was_there || is_it;
            return is_it;
        }));
    SLUICE_CHECK(forget_relation(tables, service, table, name));
    return was_there;
}

Status forget_relation(Tables& tables, Id service, std::string_view table, std::string_view name) {
    return remove_where(tables.relation_extras, service, [&](const RelationExtraRow& row) {
        return row.table == table && equals_ignoring_case(row.relation, name);
    });
}

Status forget_table(Tables& tables, Id service, std::string_view table) {
    SLUICE_CHECK(remove_where(tables.table_extras, service,
                              [table](const TableExtraRow& row) { return row.table == table; }));
    SLUICE_CHECK(remove_where(tables.field_extras, service,
                              [table](const FieldExtraRow& row) { return row.table == table; }));
    SLUICE_CHECK(
        remove_where(tables.relation_extras, service,
                     [table](const RelationExtraRow& row) { return is_named_after(row, table); }));
    return remove_where(tables.virtual_relations, service,
                        [table](const VirtualRelationRow& row) { return leads_to(row, table); });
}

Status forget_field(Tables& tables, Id service, std::string_view table, std::string_view field) {
    SLUICE_CHECK(remove_where(tables.field_extras, service, [&](const FieldExtraRow& row) {
        return row.table == table && row.field == field;
    }));
    SLUICE_CHECK(move_name_field(tables, service, table, field, ""));
    return remove_where(tables.virtual_relations, service,
                        [&](const VirtualRelationRow& row) { return uses(row, table, field); });
}

Status rename_field(Tables& tables,
                    Id service,
                    std::string_view table,
                    std::string_view from,
                    std::string_view to) {
    SLUICE_TRY(auto fields, tables.field_extras.where("service_id", service));
    for (FieldExtraRow& row : fields) {
        if (row.table == table && row.field == from) {
            row.field = to;
            SLUICE_CHECK(done(tables.field_extras.update(row)));
        }
    }
    SLUICE_CHECK(move_name_field(tables, service, table, from, to));
    SLUICE_CHECK(rename_relations(tables, service, table, from, to));
    SLUICE_TRY(auto relations, tables.virtual_relations.where("service_id", service));
    for (VirtualRelationRow& row : relations) {
        if (!uses(row, table, from)) {
            continue;
        }
        const auto follow = [&](const std::string& of_table, std::string& field) {
            field = of_table == table && field == from ? std::string(to) : field;
        };
        follow(row.table, row.field);
        follow(row.ref_table, row.ref_field);
        follow(row.junction_table, row.junction_field);
        follow(row.junction_table, row.junction_ref_field);
        SLUICE_CHECK(done(tables.virtual_relations.update(row)));
    }
    return {};
}

}  // namespace sluice::store
