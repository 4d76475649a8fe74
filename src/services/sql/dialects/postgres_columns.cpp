#include "services/sql/dialects/postgres_columns.h"

#include <algorithm>
#include <array>

namespace sluice::services::sql {
namespace {

struct TypeRule {
    std::string_view name;
    Kind kind;
    std::string_view type;
};

constexpr std::array kTypes{
    TypeRule{"int2", Kind::Integer, "smallint"},
    TypeRule{"int4", Kind::Integer, "integer"},
    TypeRule{"int8", Kind::Integer, "bigint"},
    TypeRule{"float4", Kind::Real, "float"},
    TypeRule{"float8", Kind::Real, "double"},
    TypeRule{"numeric", Kind::Decimal, "decimal"},
    TypeRule{"bool", Kind::Boolean, "boolean"},
    TypeRule{"varchar", Kind::Text, "string"},
    TypeRule{"bpchar", Kind::Text, "string"},
    TypeRule{"citext", Kind::Text, "string"},
    TypeRule{"name", Kind::Text, "string"},
    TypeRule{"text", Kind::Text, "text"},
    TypeRule{"date", Kind::Date, "date"},
    TypeRule{"time", Kind::Time, "time"},
    TypeRule{"timetz", Kind::Time, "time"},
    TypeRule{"timestamp", Kind::DateTime, "datetime"},
    TypeRule{"timestamptz", Kind::DateTime, "timestamp"},
    TypeRule{"bytea", Kind::Binary, "binary"},
    TypeRule{"json", Kind::Json, "json"},
    TypeRule{"jsonb", Kind::Json, "json"},
    TypeRule{"uuid", Kind::Uuid, "uuid"},
};

/// Length, or precision and scale, as the type's modifier packs them.
void read_modifier(Column& column, std::int64_t modifier) {
    if (modifier < 4) {
        return;
    }
    if (column.kind == Kind::Decimal) {
        column.precision = static_cast<int>((modifier - 4) >> 16);
        column.scale = static_cast<int>((modifier - 4) & 0x7FF);
    } else if (column.kind == Kind::Text) {
        column.length = static_cast<int>(modifier - 4);
    }
}

}  // namespace

Column postgres_column(const Dialect& dialect, const RowList::Row& row) {
    Column column;
    column.name = text_of(row[1]);
    dialect.quote(column.quoted, column.name);
    finish(column);
    column.db_type = text_of(row[3]);
    column.type = "string";
    const std::string type_name = text_of(row[2]);
    const auto rule = std::ranges::find(kTypes, type_name, &TypeRule::name);
    if (rule != kTypes.end()) {
        column.kind = rule->kind;
        column.type = rule->type;
    } else if (type_name == "money") {
        column.type = "money";
    }
    column.is_fixed_length = type_name == "bpchar";
    column.reads_other_dates = true;
    column.keeps_offset = type_name == "timestamptz" || type_name == "timetz";
    if (type_name == "int2") {
        column.least = INT16_MIN;
        column.greatest = INT16_MAX;
    } else if (type_name == "int4") {
        column.least = INT32_MIN;
        column.greatest = INT32_MAX;
    }
    column.allows_null = integer_of(row[4]) == 0;
    const std::string identity = text_of(row[6]);
    const bool is_computed = !text_of(row[7]).empty();
    column.is_generated = is_computed || identity == "a";
    if (!is_null(row[5]) && !is_computed) {
        column.default_text = text_of(row[5]);
    }
    column.is_auto_increment =
        !identity.empty() || (column.default_text && column.default_text->starts_with("nextval("));
    read_modifier(column, integer_of(row[8], -1));
    return column;
}

}  // namespace sluice::services::sql
