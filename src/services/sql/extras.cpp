#include "services/sql/extras.h"

#include <algorithm>
#include <array>

#include "core/json.h"
#include "services/sql/functions/column_functions.h"
#include "services/sql/new_table.h"

namespace sluice::services::sql {
namespace {

std::string_view extra_type_of(const Column& column) {
    return column.extras ? std::string_view(column.extras->extra_type) : std::string_view();
}

std::shared_ptr<const ColumnExtras> extras_of(const store::FieldExtraRow& row) {
    auto extras = std::make_shared<ColumnExtras>();
    extras->alias = row.alias;
    extras->label = row.label;
    extras->description = row.description;
    extras->extra_type = row.is_virtual ? "" : row.extra_type;
    extras->picklist = row.picklist;
    extras->validation = row.validation;
    extras->db_function = row.db_function;
    auto rules = read_validation(row.validation, row.picklist, row.field);
    extras->rules = rules ? std::move(*rules) : nullptr;
    return extras;
}

/// Fields that nothing of the database stands behind, in the order in which they were made.
void add_virtual_fields(Table& table, const store::TableExtras& kept) {
    std::vector<const store::FieldExtraRow*> rows;
    for (const auto& [name, row] : kept.fields) {
        if (row.is_virtual && table.find(name) == nullptr) {
            rows.push_back(&row);
        }
    }
    std::ranges::sort(rows, {}, &store::FieldExtraRow::id);
    for (const store::FieldExtraRow* row : rows) {
        auto functions = read_functions(row->db_function, row->field);
        if (!functions || !*functions) {
            continue;
        }
        Column column;
        column.name = row->field;
        column.type = row->extra_type;
        column.kind = kind_of_type(row->extra_type);
        column.is_virtual = column.is_generated = true;
        column.functions = std::move(*functions);
        column.quoted =
            column.functions->select.empty() ? column.functions->filter : column.functions->select;
        column.extras = extras_of(*row);
        finish(column);
        table.columns.push_back(std::move(column));
    }
}

/// A name of the database's own counts before an alias.
void add_aliases(Table& table) {
    for (Column& column : table.columns) {
        if (!column.extras || column.extras->alias.empty()) {
            continue;
        }
        const Column* taken = table.find(column.extras->alias);
        if (taken == nullptr || taken == &column) {
            column.alias = column.extras->alias;
            table.has_aliases = true;
            finish(column);
        }
    }
}

}  // namespace

bool is_extra_type(std::string_view type) {
    static constexpr std::array<std::string_view, 3> kTypes{
        "timestamp_on_update", "user_id_on_create", "user_id_on_update"};
    return std::ranges::find(kTypes, type) != kTypes.end();
}

bool is_filled(const Column& column, bool is_insert) {
    const std::string_view type = extra_type_of(column);
    return !type.empty() && (is_insert || type.ends_with("_on_update"));
}

bool is_kept_from_clients(const Column& column) {
    return !extra_type_of(column).empty();
}

TableRef with_extras(const TableRef& table, const store::TableExtras& kept) {
    auto whole = std::make_shared<Table>(*table);
    if (kept.table) {
        whole->alias = kept.table->alias;
        whole->labels = std::make_shared<const TableLabels>(
            TableLabels{kept.table->alias, kept.table->label, kept.table->plural,
                        kept.table->description, kept.table->name_field});
    }
    whole->fetches_relations = std::ranges::any_of(
        kept.relation_extras, [](const auto& entry) { return entry.second.always_fetch; });
    for (Column& column : whole->columns) {
        if (const auto found = kept.fields.find(column.name);
            found != kept.fields.end() && !found->second.is_virtual) {
            column.extras = extras_of(found->second);
            auto functions = read_functions(found->second.db_function, column.name);
            column.functions = functions ? std::move(*functions) : nullptr;
        }
    }
    add_virtual_fields(*whole, kept);
    add_aliases(*whole);
    return whole;
}

}  // namespace sluice::services::sql
