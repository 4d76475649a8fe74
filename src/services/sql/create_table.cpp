#include "services/sql/create_table.h"

#include <algorithm>
#include <array>

#include "core/fields.h"
#include "core/json.h"
#include "core/utf8.h"
#include "services/sql/convert.h"
#include "services/sql/json_reader.h"

namespace sluice::services::sql {
namespace {

/// PostgreSQL cuts longer names without a word.
constexpr std::size_t kMaxNameBytes = 63;
constexpr std::size_t kMaxTables = 100;
constexpr int kMaxLength = 10'000'000;

tl::unexpected<Error> refuse(std::string message) {
    return fail(ErrorKind::BadRequest, std::move(message));
}

Status check_name(std::string_view name, std::string_view what) {
    const auto is_plain = [](char c) {
        const auto byte = static_cast<unsigned char>(c);
        return byte >= 0x80 || (byte >= '0' && byte <= '9') || (byte >= 'a' && byte <= 'z') ||
               (byte >= 'A' && byte <= 'Z') || c == '_' || c == '-' || c == ' ' || c == '$';
    };
    if (name.empty() || name.size() > kMaxNameBytes || !is_utf8(name) ||
        !std::ranges::all_of(name, is_plain) || trimmed(name) != name) {
        return refuse("The " + std::string(what) +
                      " name must be 1 to 63 bytes of letters, digits, '_', '-', '$' or inner "
                      "spaces.");
    }
    return {};
}

std::optional<int> size_of(const json::object& field, std::string_view key) {
    const std::int64_t size = integer_or(field, key, 0);
    return size > 0 && size <= kMaxLength ? std::optional(static_cast<int>(size)) : std::nullopt;
}

Result<NewColumn> read_column(const json::value& given) {
    if (!given.is_object()) {
        return refuse("Each field of a table must be an object.");
    }
    const json::object& field = given.get_object();
    NewColumn column;
    column.name = text_or(field, "name", "");
    SLUICE_CHECK(check_name(column.name, "field"));
    column.type = lower_case(text_or(field, "type", "string"));
    column.length = size_of(field, "length");
    if (!column.length) {
        column.length = size_of(field, "size");
    }
    column.precision = size_of(field, "precision");
    column.scale = size_of(field, "scale");
    if (const json::value* preset = field.if_contains("default"); preset && !preset->is_null()) {
        column.default_json = json::serialize(*preset);
    }
    column.is_primary_key = boolean_or(field, "is_primary_key", false);
    column.is_unique = boolean_or(field, "is_unique", false);
    column.is_index = boolean_or(field, "is_index", false);
    column.is_auto_increment = boolean_or(field, "auto_increment", false);
    column.allows_null = boolean_or(field, "allow_null", !boolean_or(field, "required", false)) &&
                         !column.is_primary_key;
    column.ref_table = text_or(field, "ref_table", "");
    column.ref_field = text_or(field, "ref_field", text_or(field, "ref_fields", ""));
    column.ref_on_delete = text_or(field, "ref_on_delete", "");
    column.ref_on_update = text_or(field, "ref_on_update", "");
    return column;
}

Result<NewTable> read_table(const json::value& given) {
    if (!given.is_object()) {
        return refuse("Each table must be an object with 'name' and 'field'.");
    }
    const json::object& object = given.get_object();
    NewTable table;
    table.name = text_or(object, "name", "");
    SLUICE_CHECK(check_name(table.name, "table"));
    const json::value* fields = object.if_contains("field");
    if (fields == nullptr || !fields->is_array() || fields->get_array().empty()) {
        return refuse("The table '" + table.name + "' needs a list of fields in 'field'.");
    }
    for (const json::value& field : fields->get_array()) {
        SLUICE_TRY(auto column, read_column(field));
        const auto is_same = [&column](const NewColumn& other) {
            return equals_ignoring_case(other.name, column.name);
        };
        if (std::ranges::any_of(table.columns, is_same)) {
            return refuse("The field '" + column.name + "' is given twice.");
        }
        table.columns.push_back(std::move(column));
    }
    return table;
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

/// A reference to `table` (null: to the table being made).
Result<std::string> reference_sql(const Backend& backend,
                                  const NewTable& made,
                                  const NewColumn& column,
                                  const Table* table) {
    std::string sql = " REFERENCES ";
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
    if (column.type == "id" || column.type == "pk") {
        return sql;
    }
    if (column.is_primary_key && is_only_key) {
        sql += " PRIMARY KEY";
    }
    sql += column.allows_null ? "" : " NOT NULL";
    sql += column.is_unique ? " UNIQUE" : "";
    const bool fills_itself = column.type.starts_with("timestamp_on_");
    if (!column.default_json.empty()) {
        SLUICE_TRY(const auto preset, default_sql(column));
        sql += " DEFAULT " + preset;
    } else if (fills_itself) {
        sql += " DEFAULT CURRENT_TIMESTAMP";
    }
    return sql;
}

}  // namespace

Result<std::vector<NewTable>> read_new_tables(std::string_view body) {
    SLUICE_TRY(const auto parsed, parse_json(body, "request body"));
    const json::value* list = &parsed;
    if (parsed.is_object() && parsed.get_object().contains("resource")) {
        list = &parsed.get_object().at("resource");
    }
    std::vector<NewTable> tables;
    if (list->is_object()) {
        SLUICE_TRY(auto table, read_table(*list));
        tables.push_back(std::move(table));
        return tables;
    }
    if (!list->is_array() || list->get_array().empty()) {
        return refuse("No table(s) detected in request.");
    }
    if (list->get_array().size() > kMaxTables) {
        return refuse("A request may create at most " + std::to_string(kMaxTables) + " tables.");
    }
    for (const json::value& given : list->get_array()) {
        SLUICE_TRY(auto table, read_table(given));
        tables.push_back(std::move(table));
    }
    return tables;
}

Task<Result<std::vector<std::string>>> create_sql(Backend& backend,
                                                  const NewTable& table,
                                                  const std::vector<NewTable>& earlier,
                                                  Deadline deadline) {
    const auto keys = std::ranges::count_if(table.columns, &NewColumn::is_primary_key);
    std::string quoted;
    backend.dialect->quote(quoted, table.name);
    std::string sql = "CREATE TABLE " + quoted + " (";
    std::string key_list;
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
            text += reference;
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
    sql += key_list.empty() ? ")" : ", PRIMARY KEY (" + key_list + "))";
    statements.insert(statements.begin(), std::move(sql));
    co_return statements;
}

}  // namespace sluice::services::sql
