#include "services/sql/new_table_keys.h"

#include <algorithm>

#include "core/fields.h"

namespace sluice::services::sql {
namespace {

tl::unexpected<Error> refuse(std::string message) {
    return fail(ErrorKind::BadRequest, std::move(message));
}

bool is_id(const NewColumn& column) {
    return column.type == "id" || column.type == "pk";
}

/// A column that counts is the key and nothing else, in every database.
Status check_counting(const NewTable& table) {
    for (const NewColumn& column : table.columns) {
        const bool is_integer =
            column.type == "integer" || column.type == "bigint" || column.type == "smallint";
        const bool can_count = is_integer && column.is_primary_key && table.keys.size() == 1 &&
                               column.default_json.empty() && column.ref_table.empty();
        if (column.is_auto_increment && !can_count && !is_id(column)) {
            return refuse("Field '" + column.name +
                          "' cannot have 'auto_increment': only an integer that is the whole "
                          "primary key counts by itself.");
        }
        if (is_id(column) && table.keys.size() != 1) {
            return refuse("Field '" + column.name + "' of type '" + column.type +
                          "' must be the whole primary key of the table.");
        }
    }
    return {};
}

/// The key of several fields, in the order in which `primary_key` names them.
Result<std::vector<std::size_t>> named_keys(const json::array& names, NewTable& table) {
    std::vector<std::size_t> keys;
    for (const json::value& given : names) {
        const std::string_view name =
            given.is_string() ? std::string_view(given.get_string()) : std::string_view();
        const auto column = std::ranges::find_if(table.columns, [name](const NewColumn& other) {
            return equals_ignoring_case(other.name, name);
        });
        const auto index = static_cast<std::size_t>(column - table.columns.begin());
        if (column == table.columns.end() || std::ranges::find(keys, index) != keys.end()) {
            return refuse("The 'primary_key' of table '" + table.name +
                          "' must be a list of its fields, each once.");
        }
        column->is_primary_key = true;
        column->allows_null = false;
        keys.push_back(index);
    }
    return keys;
}

}  // namespace

Status read_keys(const json::object& described, NewTable& table) {
    const json::value* given = described.if_contains("primary_key");
    json::array names;
    if (given != nullptr && given->is_string()) {
        names.push_back(*given);
    } else if (given != nullptr && given->is_array()) {
        names = given->get_array();
    } else if (given != nullptr && !given->is_null()) {
        return refuse("The 'primary_key' of table '" + table.name +
                      "' must be a list of its fields.");
    }
    SLUICE_TRY(table.keys, named_keys(names, table));
    for (std::size_t i = 0; i < table.columns.size(); ++i) {
        const NewColumn& column = table.columns[i];
        const bool is_key = column.is_primary_key || is_id(column);
        const bool is_named = std::ranges::find(table.keys, i) != table.keys.end();
        if (is_key && !is_named && !names.empty()) {
            return refuse("Field '" + column.name + "' is of the primary key of table '" +
                          table.name + "', but 'primary_key' does not name it.");
        }
        if (is_key && !is_named) {
            table.keys.push_back(i);
        }
    }
    return check_counting(table);
}

}  // namespace sluice::services::sql
