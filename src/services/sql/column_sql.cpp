#include "services/sql/column_sql.h"

#include <algorithm>
#include <array>

#include "core/fields.h"
#include "core/json_reader.h"
#include "services/sql/convert.h"
#include "services/sql/dialect_parts.h"

namespace sluice::services::sql {
namespace {

tl::unexpected<Error> refuse(std::string message) {
    return fail(ErrorKind::BadRequest, std::move(message));
}

Result<std::string> action_sql(const Dialect& dialect,
                               std::string_view word,
                               std::string_view given) {
    static constexpr std::array<std::string_view, 5> kActions{"CASCADE", "SET NULL", "SET DEFAULT",
                                                              "RESTRICT", "NO ACTION"};
    if (given.empty()) {
        return std::string();
    }
    for (const std::string_view action : kActions) {
        if (equals_ignoring_case(action, given)) {
            if (action == "RESTRICT" && !dialect.habits().knows_restrict) {
                return " " + std::string(word) + " NO ACTION";  // which comes to the same there
            }
            return " " + std::string(word) + " " + std::string(action);
        }
    }
    return refuse("Unknown action '" + std::string(given) + "' of a reference.");
}

}  // namespace

Result<std::string> default_sql(const Dialect& dialect,
                                std::string_view field,
                                const std::string& json) {
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
        return std::string(in_words_of(dialect.habits(), *known));
    }
    if (expression || reader.has_failed() || text.find('\0') != std::string::npos) {
        return refuse("The default of field '" + std::string(field) +
                      "' must be a number, a boolean, a text or a known expression.");
    }
    std::string quoted(dialect.habits().text_mark);
    quoted += "'";
    for (const char c : text) {
        quoted.append(c == '\'' ? "''" : std::string_view(&c, 1));
    }
    return quoted + "'";
}

Result<std::string> references_sql(const Dialect& dialect,
                                   const NewColumn& column,
                                   std::string_view table,
                                   std::string_view field) {
    std::string sql = " REFERENCES " + std::string(table) + " (" + std::string(field) + ")";
    SLUICE_TRY(const auto on_delete, action_sql(dialect, "ON DELETE", column.ref_on_delete));
    SLUICE_TRY(const auto on_update, action_sql(dialect, "ON UPDATE", column.ref_on_update));
    return sql + on_delete + on_update;
}

Result<const Column*> referred_field(const NewColumn& column, const Table& table) {
    const Column* target = table.find(column.ref_field);
    if (target == nullptr && column.ref_field.empty() && table.keys.size() == 1) {
        target = &table.columns[table.keys.front()];
    }
    if (target == nullptr) {
        return refuse("Field '" + column.name + "' refers to an unknown field.");
    }
    return target;
}

Result<std::string> column_sql(const Dialect& dialect, const NewColumn& column, bool is_only_key) {
    std::string sql;
    dialect.quote(sql, column.name);
    SLUICE_TRY(const auto type, dialect.type_of(column));
    sql += " " + type;
    if (column.type == "id" || column.type == "pk" || column.is_auto_increment) {
        return sql;
    }
    if (column.is_primary_key && is_only_key) {
        sql += " PRIMARY KEY";
    }
    sql += column.allows_null ? "" : " NOT NULL";
    sql += column.is_unique ? " UNIQUE" : "";
    const bool fills_itself = column.type == "timestamp_on_create";
    if (!column.default_json.empty()) {
        SLUICE_CHECK(check_default(column));
        SLUICE_TRY(const auto preset, default_sql(dialect, column.name, column.default_json));
        sql += " DEFAULT " + preset;
    } else if (fills_itself) {
        sql += " DEFAULT CURRENT_TIMESTAMP";
    }
    return sql;
}

}  // namespace sluice::services::sql
