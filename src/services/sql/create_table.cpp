#include "services/sql/create_table.h"

#include <algorithm>
#include <array>

#include "core/fields.h"
#include "core/json_reader.h"
#include "services/sql/convert.h"

namespace sluice::services::sql {
namespace {

tl::unexpected<Error> refuse(std::string message) {
    return fail(ErrorKind::BadRequest, std::move(message));
}

/// A default as a literal: numbers and booleans as they are, text in quotes of our own.
Result<std::string> default_sql(const NewColumn& column) {
    const std::string& json = column.default_json;
    if (is_json_number(json)) {
        return json;
    }
    if (json == "true" || json == "false") {
        return json == "true" ? "'1'" : "'0'";
    }
    const auto expression = expression_of(json);
    JsonReader reader(json);
    const std::string text = expression ? *expression : reader.string();
    if (const auto known = known_expression(text)) {
        return std::string(*known);
    }
    if (expression || reader.has_failed() || text.find('\0') != std::string::npos) {
        return refuse("The default of field '" + column.name +
                      "' must be a number, a boolean, a text or a known expression.");
    }
    std::string quoted = "'";
    for (const char c : text) {
        quoted.append(c == '\'' ? "''" : std::string_view(&c, 1));
    }
    return quoted + "'";
}

Result<std::string> action_sql(std::string_view word, std::string_view given) {
    static constexpr std::array<std::string_view, 5> kActions{"CASCADE", "SET NULL", "SET DEFAULT",
                                                              "RESTRICT", "NO ACTION"};
    if (given.empty()) {
        return std::string();
    }
    for (const std::string_view action : kActions) {
        if (equals_ignoring_case(action, given)) {
            return " " + std::string(word) + " " + std::string(action);
        }
    }
    return refuse("Unknown action '" + std::string(given) + "' of a reference.");
}

/// A reference to `table` (null: to the table being made), as a clause of its own: MySQL ignores
/// one that stands in a column.
Result<std::string> reference_sql(const Backend& backend,
                                  const NewTable& made,
                                  const NewColumn& column,
                                  const Table* table) {
    std::string sql = ", FOREIGN KEY (";
    backend.dialect->quote(sql, column.name);
    sql += ") REFERENCES ";
    if (table == nullptr) {
        const bool has_field = std::ranges::any_of(made.columns, [&column](const NewColumn& other) {
            return other.name == column.ref_field;
        });
        if (!has_field) {
            return refuse("Field '" + column.name + "' refers to an unknown field.");
        }
        backend.dialect->quote(sql, made.name);
        sql += " (";
        backend.dialect->quote(sql, column.ref_field);
    } else {
        const Column* target = table->find(column.ref_field);
        if (target == nullptr && column.ref_field.empty() && table->keys.size() == 1) {
            target = &table->columns[table->keys.front()];
        }
        if (target == nullptr) {
            return refuse("Field '" + column.name + "' refers to an unknown field.");
        }
        sql += table->quoted + " (" + target->quoted;
    }
    sql += ")";
    SLUICE_TRY(const auto on_delete, action_sql("ON DELETE", column.ref_on_delete));
    SLUICE_TRY(const auto on_update, action_sql("ON UPDATE", column.ref_on_update));
    return sql + on_delete + on_update;
}

Result<std::string> column_sql(const Backend& backend, const NewColumn& column, bool is_only_key) {
    std::string sql;
    backend.dialect->quote(sql, column.name);
    SLUICE_TRY(const auto type, backend.dialect->type_of(column));
    sql += " " + type;
    if (column.type == "id" || column.type == "pk" || column.is_auto_increment) {
        return sql;
    }
    if (column.is_primary_key && is_only_key) {
        sql += " PRIMARY KEY";
    }
    sql += column.allows_null ? "" : " NOT NULL";
    sql += column.is_unique ? " UNIQUE" : "";
    const bool fills_itself = column.type.starts_with("timestamp_on_");
    if (!column.default_json.empty()) {
        SLUICE_CHECK(check_default(column));
        SLUICE_TRY(const auto preset, default_sql(column));
        sql += " DEFAULT " + preset;
    } else if (fills_itself) {
        sql += " DEFAULT CURRENT_TIMESTAMP";
    }
    return sql;
}

}  // namespace

Task<Result<std::vector<std::string>>> create_sql(Backend& backend,
                                                  const NewTable& table,
                                                  const std::vector<NewTable>& earlier,
                                                  Deadline deadline) {
    const auto keys = std::ranges::count_if(table.columns, &NewColumn::is_primary_key);
    std::string quoted;
    backend.dialect->quote(quoted, table.name);
    std::string sql = "CREATE TABLE " + quoted + " (";
    std::string key_list;
    std::string references;
    std::vector<std::string> statements;
    for (const NewColumn& column : table.columns) {
        CO_TRY(auto text, column_sql(backend, column, keys == 1));
        if (!column.ref_table.empty()) {
            TableRef target;
            const auto is_meant = [&column](const NewTable& other) {
                return equals_ignoring_case(column.ref_table, other.name);
            };
            const auto peer = std::ranges::find_if(earlier, is_meant);
            if (peer == earlier.end() && !is_meant(table)) {
                CO_TRY(target, co_await backend.catalog.find(column.ref_table, deadline));
            }
            CO_TRY(const auto reference,
                   reference_sql(backend, peer == earlier.end() ? table : *peer, column,
                                 target.get()));
            references += reference;
        }
        sql += (sql.back() == '(' ? "" : ", ") + text;
        if (column.is_primary_key && keys > 1) {
            key_list += key_list.empty() ? "" : ", ";
            backend.dialect->quote(key_list, column.name);
        }
        if (column.is_index && !column.is_primary_key && !column.is_unique) {
            std::string index = "CREATE INDEX ";
            backend.dialect->quote(index, table.name + "_" + column.name + "_idx");
            index += " ON " + quoted + " (";
            backend.dialect->quote(index, column.name);
            statements.push_back(index + ")");
        }
    }
    sql += key_list.empty() ? "" : ", PRIMARY KEY (" + key_list + ")";
    sql += references + ")";
    statements.insert(statements.begin(), std::move(sql));
    co_return statements;
}

}  // namespace sluice::services::sql
