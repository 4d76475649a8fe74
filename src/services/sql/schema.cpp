#include "services/sql/schema.h"

#include <algorithm>
#include <ranges>

#include "core/fields.h"
#include "core/json.h"

namespace sluice::services::sql {

const Column* Table::find(std::string_view column) const {
    const auto exact = std::ranges::find(columns, column, &Column::name);
    if (exact != columns.end()) {
        return &*exact;
    }
    const auto alike = std::ranges::find_if(
        columns, [column](const Column& c) { return equals_ignoring_case(c.name, column); });
    if (alike != columns.end() || !has_aliases) {
        return alike == columns.end() ? nullptr : &*alike;
    }
    const auto aliased = std::ranges::find_if(columns, [column](const Column& c) {
        return !c.alias.empty() && equals_ignoring_case(c.alias, column);
    });
    return aliased == columns.end() ? nullptr : &*aliased;
}

bool is_alike(const Table& a, const Table& b) {
    const auto is_real = [](const Column& column) { return !column.is_virtual; };
    const auto is_same = [](const Column& one, const Column& other) {
        return one.name == other.name && one.db_type == other.db_type &&
               one.allows_null == other.allows_null && one.default_text == other.default_text &&
               one.is_generated == other.is_generated &&
               one.is_auto_increment == other.is_auto_increment;
    };
    return a.quoted == b.quoted && a.is_view == b.is_view && a.has_triggers == b.has_triggers &&
           a.keys == b.keys &&
           std::ranges::equal(std::views::filter(a.columns, is_real),
                              std::views::filter(b.columns, is_real), is_same);
}

void finish(Column& column) {
    column.json_key = "," + json_string(column.shown()) + ":";
}

}  // namespace sluice::services::sql
