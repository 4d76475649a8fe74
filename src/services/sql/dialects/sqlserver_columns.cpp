#include "services/sql/dialects/sqlserver_columns.h"

#include <algorithm>
#include <array>

#include "core/fields.h"

namespace sluice::services::sql {
namespace {

/// What stands in brackets behind the type.
enum class Sizes { None, Bytes, Characters, Digits, Fraction };

struct TypeRule {
    std::string_view name;
    Kind kind;
    std::string_view type;
    Sizes sizes = Sizes::None;
};

constexpr std::array kTypes{
    TypeRule{"tinyint", Kind::Integer, "smallint"},
    TypeRule{"smallint", Kind::Integer, "smallint"},
    TypeRule{"int", Kind::Integer, "integer"},
    TypeRule{"bigint", Kind::Integer, "bigint"},
    TypeRule{"bit", Kind::Boolean, "boolean"},
    TypeRule{"real", Kind::Real, "float"},
    TypeRule{"float", Kind::Real, "double"},
    TypeRule{"decimal", Kind::Decimal, "decimal", Sizes::Digits},
    TypeRule{"numeric", Kind::Decimal, "decimal", Sizes::Digits},
    TypeRule{"money", Kind::Decimal, "money"},
    TypeRule{"smallmoney", Kind::Decimal, "money"},
    TypeRule{"char", Kind::Text, "string", Sizes::Bytes},
    TypeRule{"varchar", Kind::Text, "string", Sizes::Bytes},
    TypeRule{"nchar", Kind::Text, "string", Sizes::Characters},
    TypeRule{"nvarchar", Kind::Text, "string", Sizes::Characters},
    TypeRule{"sysname", Kind::Text, "string"},
    TypeRule{"text", Kind::Text, "text"},
    TypeRule{"ntext", Kind::Text, "text"},
    TypeRule{"xml", Kind::Text, "text"},
    TypeRule{"date", Kind::Date, "date"},
    TypeRule{"time", Kind::Time, "time", Sizes::Fraction},
    TypeRule{"smalldatetime", Kind::DateTime, "datetime"},
    TypeRule{"datetime", Kind::DateTime, "datetime"},
    TypeRule{"datetime2", Kind::DateTime, "datetime", Sizes::Fraction},
    TypeRule{"datetimeoffset", Kind::DateTime, "timestamp", Sizes::Fraction},
    TypeRule{"binary", Kind::Binary, "binary", Sizes::Bytes},
    TypeRule{"varbinary", Kind::Binary, "binary", Sizes::Bytes},
    TypeRule{"image", Kind::Binary, "binary"},
    TypeRule{"timestamp", Kind::Binary, "binary"},
    TypeRule{"uniqueidentifier", Kind::Uuid, "uuid"},
    TypeRule{"hierarchyid", Kind::Binary, "binary"},
    TypeRule{"geometry", Kind::Binary, "binary"},
    TypeRule{"geography", Kind::Binary, "binary"},
};

/// What the server can compare with any of its decimals.
constexpr DecimalDigits kComparedDigits{.all = 38, .after_point = 38};

std::string sizes_of(const TypeRule& rule, int bytes, int precision, int scale) {
    const std::string length = bytes < 0                         ? "max"
                               : rule.sizes == Sizes::Characters ? std::to_string(bytes / 2)
                                                                 : std::to_string(bytes);
    switch (rule.sizes) {
        case Sizes::None:
            return {};
        case Sizes::Bytes:
        case Sizes::Characters:
            return "(" + length + ")";
        case Sizes::Digits:
            return "(" + std::to_string(precision) + "," + std::to_string(scale) + ")";
        case Sizes::Fraction:
            return "(" + std::to_string(scale) + ")";
    }
    return {};
}

void set_range(Column& column, std::string_view type) {
    if (type == "tinyint") {
        column.least = 0;
        column.greatest = UINT8_MAX;
    } else if (type == "smallint") {
        column.least = INT16_MIN;
        column.greatest = INT16_MAX;
    } else if (type == "int") {
        column.least = INT32_MIN;
        column.greatest = INT32_MAX;
    }
}

/// Whether the brackets at both ends belong together.
bool is_enclosed(std::string_view text) {
    if (text.size() < 2 || text.front() != '(' || text.back() != ')') {
        return false;
    }
    int depth = 0;
    bool is_quoted = false;
    for (std::size_t i = 0; i < text.size(); ++i) {
        is_quoted = text[i] == '\'' ? !is_quoted : is_quoted;
        if (!is_quoted) {
            depth += text[i] == '(' ? 1 : text[i] == ')' ? -1 : 0;
        }
        if (depth == 0 && i + 1 < text.size()) {
            return false;
        }
    }
    return depth == 0;
}

}  // namespace

std::string sqlserver_default(std::string_view text) {
    text = trimmed(text);
    while (is_enclosed(text)) {
        text = trimmed(text.substr(1, text.size() - 2));
    }
    if (text.starts_with("N'")) {
        text.remove_prefix(1);
    }
    return equals_ignoring_case(text, "getdate()") ? "CURRENT_TIMESTAMP" : std::string(text);
}

Column sqlserver_column(const Dialect& dialect, const RowList::Row& row) {
    Column column;
    column.name = text_of(row[0]);
    dialect.quote(column.quoted, column.name);
    finish(column);
    const std::string type = lower_case(text_of(row[1]));
    const auto bytes = static_cast<int>(integer_of(row[2]));
    const auto precision = static_cast<int>(integer_of(row[3]));
    const auto scale = static_cast<int>(integer_of(row[4]));
    column.type = "string";
    column.kind = Kind::Any;
    column.db_type = type;
    const auto rule = std::ranges::find(kTypes, type, &TypeRule::name);
    if (rule != kTypes.end()) {
        column.kind = rule->kind;
        column.type = rule->type;
        column.db_type += sizes_of(*rule, bytes, precision, scale);
        set_range(column, type);
        if (column.type == "string" && bytes < 0) {
            column.type = "text";
        } else if (column.type == "string") {
            column.length = type.starts_with('n') || type == "sysname" ? bytes / 2 : bytes;
        }
    }
    if (column.kind == Kind::Decimal) {
        column.precision = precision;
        column.scale = scale;
        column.compares_digits = kComparedDigits;
    }
    column.is_fixed_length = type == "char" || type == "nchar";
    column.keeps_offset = type == "datetimeoffset";
    column.allows_null = integer_of(row[5]) != 0;
    column.is_auto_increment = integer_of(row[6]) != 0;
    column.is_generated = integer_of(row[7]) != 0 || type == "timestamp";
    if (!column.is_generated && !is_null(row[8])) {
        column.default_text = sqlserver_default(text_of(row[8]));
    }
    return column;
}

}  // namespace sluice::services::sql
