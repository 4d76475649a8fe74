#include "services/sql/schema.h"

#include <algorithm>

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
    return alike == columns.end() ? nullptr : &*alike;
}

void finish(Column& column) {
    column.json_key = "," + json_string(column.name) + ":";
}

}  // namespace sluice::services::sql
