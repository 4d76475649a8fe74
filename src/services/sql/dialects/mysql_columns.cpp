#include "services/sql/dialects/mysql_columns.h"

#include <algorithm>
#include <array>

#include "core/fields.h"

namespace sluice::services::sql {
namespace {

struct TypeRule {
    std::string_view name;
    Kind kind;
    std::string_view type;
    /// Bytes of an integer; 0 for all else.
    int bytes = 0;
};

constexpr std::array kTypes{
    TypeRule{"tinyint", Kind::Integer, "smallint", 1},
    TypeRule{"smallint", Kind::Integer, "smallint", 2},
    TypeRule{"mediumint", Kind::Integer, "integer", 3},
    TypeRule{"int", Kind::Integer, "integer", 4},
    TypeRule{"bigint", Kind::Integer, "bigint", 8},
    TypeRule{"bit", Kind::Integer, "integer"},
    TypeRule{"year", Kind::Integer, "integer"},
    TypeRule{"float", Kind::Real, "float"},
    TypeRule{"double", Kind::Real, "double"},
    TypeRule{"decimal", Kind::Decimal, "decimal"},
    TypeRule{"char", Kind::Text, "string"},
    TypeRule{"varchar", Kind::Text, "string"},
    TypeRule{"enum", Kind::Text, "string"},
    TypeRule{"set", Kind::Text, "string"},
    TypeRule{"inet4", Kind::Text, "string"},
    TypeRule{"inet6", Kind::Text, "string"},
    TypeRule{"tinytext", Kind::Text, "text"},
    TypeRule{"text", Kind::Text, "text"},
    TypeRule{"mediumtext", Kind::Text, "text"},
    TypeRule{"longtext", Kind::Text, "text"},
    TypeRule{"date", Kind::Date, "date"},
    TypeRule{"time", Kind::Time, "time"},
    TypeRule{"datetime", Kind::DateTime, "datetime"},
    TypeRule{"timestamp", Kind::DateTime, "timestamp"},
    TypeRule{"binary", Kind::Binary, "binary"},
    TypeRule{"varbinary", Kind::Binary, "binary"},
    TypeRule{"tinyblob", Kind::Binary, "binary"},
    TypeRule{"blob", Kind::Binary, "binary"},
    TypeRule{"mediumblob", Kind::Binary, "binary"},
    TypeRule{"longblob", Kind::Binary, "binary"},
    TypeRule{"json", Kind::Json, "json"},
    TypeRule{"uuid", Kind::Uuid, "uuid"},
};

/// What the server makes of longer decimals is the longest that it can hold, or less exact.
constexpr DecimalDigits kComparedDigits{.all = 65, .after_point = 30};

std::optional<int> small_number(const Value& value) {
    const std::int64_t number = integer_of(value, -1);
    return number < 0 || number > INT32_MAX ? std::nullopt
                                            : std::optional(static_cast<int>(number));
}

std::string literal(std::string_view text) {
    std::string out = "'";
    for (const char c : text) {
        out.append(c == '\'' ? "''" : std::string(1, c));
    }
    return out + "'";
}

/// MariaDB writes some characters of its literals with a backslash.
std::string without_escapes(std::string_view text) {
    std::string out;
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (text[i] != '\\' || i + 1 == text.size()) {
            out.push_back(text[i]);
            continue;
        }
        const char c = text[++i];
        out.push_back(c == 'n' ? '\n' : c == 'r' ? '\r' : c == '0' ? '\0' : c);
    }
    return out;
}

/// As SQL. MariaDB gives it so, and "NULL" where there is none; MySQL gives a literal without its
/// quotes.
std::optional<std::string> default_of(const Value& value, bool is_mariadb, bool is_expression) {
    if (is_null(value)) {
        return std::nullopt;
    }
    std::string text = text_of(value);
    if (!is_mariadb) {
        return is_expression ? text : literal(text);
    }
    if (text == "NULL") {
        return std::nullopt;
    }
    return text.starts_with('\'') ? without_escapes(text) : text;
}

void set_range(Column& column, const TypeRule& rule, bool is_unsigned) {
    if (rule.bytes == 0 || (rule.bytes == 8 && !is_unsigned)) {
        return;
    }
    const int bits = rule.bytes * 8;
    column.least = is_unsigned ? 0 : -(std::int64_t{1} << (bits - 1));
    column.greatest =
        bits == 64 ? INT64_MAX : (std::int64_t{1} << (is_unsigned ? bits : bits - 1)) - 1;
}

/// Digits beyond a column's own are rounded or cut as the server and its modes have it.
std::string kept_as(const Column& column, std::optional<int> decimals) {
    if (column.kind == Kind::Decimal && column.precision && column.scale) {
        return "DECIMAL(" + std::to_string(*column.precision) + "," +
               std::to_string(*column.scale) + ")";
    }
    if ((column.kind == Kind::DateTime || column.kind == Kind::Time) && decimals) {
        return (column.kind == Kind::Time ? "TIME(" : "DATETIME(") + std::to_string(*decimals) +
               ")";
    }
    return {};
}

}  // namespace

Column mysql_column(const Dialect& dialect, const RowList::Row& row, bool is_mariadb) {
    Column column;
    column.name = text_of(row[0]);
    dialect.quote(column.quoted, column.name);
    finish(column);
    const std::string data_type = lower_case(text_of(row[1]));
    column.db_type = text_of(row[2]);
    const std::string spelled = lower_case(column.db_type);
    column.type = "string";
    column.kind = Kind::Binary;  // points and shapes
    const auto rule = std::ranges::find(kTypes, data_type, &TypeRule::name);
    if (rule != kTypes.end()) {
        column.kind = rule->kind;
        column.type = rule->type;
        set_range(column, *rule, spelled.find(" unsigned") != std::string::npos);
    } else {
        column.type = "binary";
    }
    if (spelled.starts_with("tinyint(1)") || spelled == "bit(1)") {
        column.kind = Kind::Boolean;
        column.type = "boolean";
    }
    column.is_duration = column.kind == Kind::Time;
    column.is_fixed_length = data_type == "char";
    column.keeps_offset = data_type == "timestamp";
    column.allows_null = text_of(row[3]) == "YES";
    const std::string extra = lower_case(text_of(row[5]));
    column.is_auto_increment = extra.find("auto_increment") != std::string::npos;
    column.is_generated = extra.find("virtual generated") != std::string::npos ||
                          extra.find("stored generated") != std::string::npos ||
                          extra.find("persistent") != std::string::npos;
    if (!column.is_generated) {
        const bool is_expression =
            data_type == "bit" || extra.find("default_generated") != std::string::npos;
        column.default_text = default_of(row[4], is_mariadb, is_expression);
        if (spelled == "bit(1)" && column.default_text) {  // b'1'
            column.default_text = column.default_text->starts_with("b'1") ? "1" : "0";
        }
    }
    if (column.type == "string" && (data_type == "char" || data_type == "varchar")) {
        column.length = small_number(row[6]);
    }
    if (column.kind == Kind::Decimal) {
        column.precision = small_number(row[7]);
        column.scale = small_number(row[8]);
    }
    if (column.kind == Kind::Decimal) {
        column.compares_digits = kComparedDigits;
    }
    column.kept_as = kept_as(column, small_number(row[9]));
    return column;
}

}  // namespace sluice::services::sql
