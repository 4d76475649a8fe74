#include "services/sql/extras.h"

#include <algorithm>
#include <array>

#include "core/json.h"

namespace sluice::services::sql {
namespace {

std::string_view extra_type_of(const Column& column) {
    return column.extras ? std::string_view(column.extras->extra_type) : std::string_view();
}

std::shared_ptr<const ColumnExtras> extras_of(const store::FieldExtraRow& row) {
    auto extras = std::make_shared<ColumnExtras>();
    extras->label = row.label;
    extras->description = row.description;
    extras->extra_type = row.extra_type;
    extras->picklist = row.picklist;
    extras->validation = row.validation;
    auto rules = read_validation(row.validation, row.picklist, row.field);
    extras->rules = rules ? std::move(*rules) : nullptr;
    return extras;
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
        whole->labels = std::make_shared<const TableLabels>(
            TableLabels{kept.table->label, kept.table->plural, kept.table->description,
                        kept.table->name_field});
    }
    for (Column& column : whole->columns) {
        if (const auto found = kept.fields.find(column.name); found != kept.fields.end()) {
            column.extras = extras_of(found->second);
        }
    }
    return whole;
}

}  // namespace sluice::services::sql
