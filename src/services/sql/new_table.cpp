#include "services/sql/new_table.h"

#include <algorithm>
#include <array>
#include <charconv>

#include "core/fields.h"
#include "core/json.h"
#include "core/json_reader.h"
#include "core/utf8.h"
#include "services/sql/convert.h"
#include "services/sql/fit.h"
#include "services/sql/new_table_keys.h"
#include "services/sql/new_table_members.h"

namespace sluice::services::sql {

Kind kind_of_type(std::string_view type) {
    struct Known {
        std::string_view type;
        Kind kind;
    };
    static constexpr std::array kKnown{
        Known{"boolean", Kind::Boolean}, Known{"float", Kind::Real},
        Known{"double", Kind::Real},     Known{"decimal", Kind::Decimal},
        Known{"money", Kind::Decimal},   Known{"string", Kind::Text},
        Known{"text", Kind::Text},       Known{"date", Kind::Date},
        Known{"time", Kind::Time},       Known{"datetime", Kind::DateTime},
        Known{"binary", Kind::Binary},   Known{"json", Kind::Json},
        Known{"uuid", Kind::Uuid},
    };
    if (type.starts_with("timestamp")) {
        return Kind::DateTime;
    }
    const auto known = std::ranges::find(kKnown, type, &Known::type);
    return known == kKnown.end() ? Kind::Integer : known->kind;
}

namespace {

/// PostgreSQL cuts longer names without a word.
constexpr std::size_t kMaxNameBytes = 63;
constexpr int kMaxLength = 10'000'000;
constexpr int kMaxPrecision = 1000;

tl::unexpected<Error> refuse(std::string message) {
    return fail(ErrorKind::BadRequest, std::move(message));
}

bool is_plain_name(std::string_view name) {
    const auto is_plain = [](char c) {
        const auto byte = static_cast<unsigned char>(c);
        return byte >= 0x80 || (byte >= '0' && byte <= '9') || (byte >= 'a' && byte <= 'z') ||
               (byte >= 'A' && byte <= 'Z') || c == '_' || c == '-' || c == ' ' || c == '$';
    };
    return !name.empty() && name.size() <= kMaxNameBytes && is_utf8(name) &&
           std::ranges::all_of(name, is_plain) && trimmed(name) == name;
}

/// A size that a field may have; empty when it is not given.
Result<std::optional<int>> size_of(const json::object& field,
                                   std::string_view key,
                                   int least,
                                   int most) {
    const json::value* given = field.if_contains(key);
    if (given == nullptr || given->is_null()) {
        return std::optional<int>();
    }
    const std::string text =
        given->is_string() ? std::string(given->get_string()) : json::serialize(*given);
    int size = 0;
    const auto [end, code] = std::from_chars(text.data(), text.data() + text.size(), size);
    if (code != std::errc() || end != text.data() + text.size() || size < least || size > most) {
        return refuse("The '" + std::string(key) + "' of field '" +
                      std::string(text_or(field, "name", "")) + "' must be an integer from " +
                      std::to_string(least) + " to " + std::to_string(most) + ".");
    }
    return std::optional<int>(size);
}

Result<bool> flag_of(const json::object& field, std::string_view key, bool fallback) {
    const json::value* given = field.if_contains(key);
    if (given == nullptr || given->is_null()) {
        return fallback;
    }
    const std::string text =
        given->is_string() ? std::string(given->get_string()) : json::serialize(*given);
    if (is_truthy(text)) {
        return true;
    }
    if (text != "false" && text != "0" && !text.empty()) {
        return refuse("The '" + std::string(key) + "' of field '" +
                      std::string(text_or(field, "name", "")) + "' must be true or false.");
    }
    return false;
}

/// A type of the database and the simple type that it is made as.
struct DatabaseType {
    std::string_view spelling;
    std::string_view type;
};

constexpr std::array kDatabaseTypes{
    DatabaseType{"integer", "integer"},
    DatabaseType{"int", "integer"},
    DatabaseType{"int4", "integer"},
    DatabaseType{"bigint", "bigint"},
    DatabaseType{"int8", "bigint"},
    DatabaseType{"smallint", "smallint"},
    DatabaseType{"int2", "smallint"},
    DatabaseType{"boolean", "boolean"},
    DatabaseType{"bool", "boolean"},
    DatabaseType{"tinyint", "boolean"},
    DatabaseType{"real", "float"},
    DatabaseType{"float", "float"},
    DatabaseType{"float4", "float"},
    DatabaseType{"double", "double"},
    DatabaseType{"double precision", "double"},
    DatabaseType{"float8", "double"},
    DatabaseType{"decimal", "decimal"},
    DatabaseType{"numeric", "decimal"},
    DatabaseType{"money", "money"},
    DatabaseType{"varchar", "string"},
    DatabaseType{"character varying", "string"},
    DatabaseType{"char", "string"},
    DatabaseType{"character", "string"},
    DatabaseType{"text", "text"},
    DatabaseType{"clob", "text"},
    DatabaseType{"date", "date"},
    DatabaseType{"time", "time"},
    DatabaseType{"time without time zone", "time"},
    DatabaseType{"datetime", "datetime"},
    DatabaseType{"timestamp", "datetime"},
    DatabaseType{"timestamp without time zone", "datetime"},
    DatabaseType{"timestamptz", "timestamp"},
    DatabaseType{"timestamp with time zone", "timestamp"},
    DatabaseType{"blob", "binary"},
    DatabaseType{"bytea", "binary"},
    DatabaseType{"binary", "binary"},
    DatabaseType{"json", "json"},
    DatabaseType{"jsonb", "json"},
    DatabaseType{"uuid", "uuid"},
};

/// `db_type` never reaches the database: it names a simple type, with its sizes.
Status read_db_type(const json::object& field, NewColumn& column) {
    const json::value* given = field.if_contains("db_type");
    if (given == nullptr || given->is_null()) {
        return {};
    }
    const std::string text =
        lower_case(given->is_string() ? std::string_view(given->get_string()) : std::string_view());
    const std::size_t open = std::min(text.find('('), text.size());
    const std::string_view word = trimmed(std::string_view(text).substr(0, open));
    const auto known = std::ranges::find(kDatabaseTypes, word, &DatabaseType::spelling);
    const auto wrong = [&] {
        return refuse("Field '" + column.name + "' has the unknown 'db_type' " +
                      json::serialize(*given) + ".");
    };
    if (known == kDatabaseTypes.end() || (open < text.size() && !text.ends_with(')'))) {
        return wrong();
    }
    if (!column.type.empty() && kind_of_type(column.type) != kind_of_type(known->type)) {
        return refuse("Field '" + column.name + "' has a 'db_type' that is no '" + column.type +
                      "'.");
    }
    column.type = column.type.empty() ? std::string(known->type) : column.type;
    if (open == text.size()) {
        return {};
    }
    // "(80)", "(12,2)": as if it stood in the field.
    const std::string_view sizes = std::string_view(text).substr(open + 1, text.size() - open - 2);
    const std::size_t comma = std::min(sizes.find(','), sizes.size());
    json::object inner{{"name", column.name}};
    const bool is_decimal = kind_of_type(column.type) == Kind::Decimal;
    inner[is_decimal ? "precision" : "length"] = trimmed(sizes.substr(0, comma));
    if (comma < sizes.size()) {
        inner["scale"] = trimmed(sizes.substr(comma + 1));
    }
    if (is_decimal) {
        SLUICE_TRY(const auto precision, size_of(inner, "precision", 1, kMaxPrecision));
        SLUICE_TRY(const auto scale, size_of(inner, "scale", 0, kMaxPrecision));
        column.precision = column.precision ? column.precision : precision;
        column.scale = column.scale ? column.scale : scale ? scale : 0;
        return {};
    }
    SLUICE_TRY(const auto length, size_of(inner, "length", 1, kMaxLength));
    column.length = column.length ? column.length : length;
    return {};
}

/// What is kept beside a table elsewhere and would be lost here without a word.
Status refuse_extras(const json::object& field, const std::string& name) {
    for (const std::string_view extra : {"is_aggregate", "ref_service_id"}) {
        const json::value* given = field.if_contains(extra);
        const bool is_nothing = given == nullptr || given->is_null() ||
                                *given == json::value(false) || *given == json::value("") ||
                                (given->is_array() && given->get_array().empty()) ||
                                (given->is_object() && given->get_object().empty());
        if (!is_nothing) {
            return fail(ErrorKind::NotImplemented, "The '" + std::string(extra) + "' of field '" +
                                                       name + "' is not supported yet.");
        }
    }
    return {};
}

/// Every text here takes every character; what is no text takes none.
Status check_text_members(const NewColumn& column, bool wants_multibyte) {
    if (column.is_fixed_length && column.type != "string") {
        return refuse("Field '" + column.name +
                      "' cannot have 'fixed_length': only a 'string' has a length.");
    }
    if (wants_multibyte && kind_of_type(column.type) != Kind::Text) {
        return refuse("Field '" + column.name +
                      "' cannot have 'supports_multibyte': it is no text.");
    }
    return {};
}

}  // namespace

Status check_name(std::string_view name, std::string_view what) {
    if (!is_plain_name(name)) {
        return refuse("The " + std::string(what) +
                      " name must be 1 to 63 bytes of letters, digits, '_', '-', '$' or inner "
                      "spaces.");
    }
    return {};
}

Result<NewColumn> read_new_column(const json::value& given) {
    if (!given.is_object()) {
        return refuse("Each field of a table must be an object.");
    }
    const json::object& field = given.get_object();
    const std::string name(text_or(field, "name", ""));
    SLUICE_CHECK(check_name(name, "field"));
    SLUICE_CHECK(check_field_members(field, name));
    SLUICE_CHECK(refuse_extras(field, name));
    return read_column_members(field, name);
}

Result<NewColumn> read_column_members(const json::object& field, std::string name) {
    NewColumn column;
    column.name = std::move(name);
    if (const json::value* type = field.if_contains("type"); type && !type->is_null()) {
        if (!type->is_string()) {
            return refuse("The 'type' of field '" + column.name + "' must be a text.");
        }
        column.type = lower_case(std::string_view(type->get_string()));
        column.type = column.type == "int" ? "integer" : column.type;
    }
    SLUICE_TRY(column.length, size_of(field, "length", 1, kMaxLength));
    if (!column.length) {
        SLUICE_TRY(column.length, size_of(field, "size", 1, kMaxLength));
    }
    SLUICE_TRY(column.precision, size_of(field, "precision", 1, kMaxPrecision));
    SLUICE_TRY(column.scale, size_of(field, "scale", 0, kMaxPrecision));
    SLUICE_CHECK(read_db_type(field, column));
    column.type = column.type.empty() ? "string" : column.type;
    SLUICE_TRY(column.is_fixed_length, flag_of(field, "fixed_length", false));
    SLUICE_TRY(const bool wants_multibyte, flag_of(field, "supports_multibyte", false));
    SLUICE_CHECK(check_text_members(column, wants_multibyte));
    if (column.scale && *column.scale > column.precision.value_or(kDefaultPrecision)) {
        return refuse("The 'scale' of field '" + column.name +
                      "' must not be above its 'precision'.");
    }
    if (const json::value* preset = field.if_contains("default"); preset && !preset->is_null()) {
        column.default_json = json::serialize(*preset);
    }
    SLUICE_TRY(column.is_primary_key, flag_of(field, "is_primary_key", false));
    SLUICE_TRY(column.is_unique, flag_of(field, "is_unique", false));
    SLUICE_TRY(column.is_index, flag_of(field, "is_index", false));
    SLUICE_TRY(column.is_auto_increment, flag_of(field, "auto_increment", false));
    SLUICE_TRY(const bool is_required, flag_of(field, "required", false));
    SLUICE_TRY(const bool allows_null, flag_of(field, "allow_null", !is_required));
    column.allows_null = allows_null && !column.is_primary_key;
    for (const std::string_view member :
         {"ref_table", "ref_field", "ref_fields", "ref_on_delete", "ref_on_update"}) {
        const json::value* given = field.if_contains(member);
        if (given != nullptr && !given->is_null() && !given->is_string()) {
            return refuse("The '" + std::string(member) + "' of field '" + column.name +
                          "' must be a text.");
        }
    }
    column.ref_table = text_or(field, "ref_table", "");
    column.ref_field = text_or(field, "ref_field", text_or(field, "ref_fields", ""));
    column.ref_on_delete = text_or(field, "ref_on_delete", "");
    column.ref_on_update = text_or(field, "ref_on_update", "");
    return column;
}

namespace {

Result<NewTable> read_table(const json::value& given) {
    if (!given.is_object()) {
        return refuse("Each table must be an object with 'name' and 'field'.");
    }
    const json::object& object = given.get_object();
    NewTable table;
    table.name = text_or(object, "name", "");
    SLUICE_CHECK(check_name(table.name, "table"));
    SLUICE_CHECK(check_table_members(object, table.name));
    const json::value* fields = object.if_contains("field");
    if (fields == nullptr || !fields->is_array() || fields->get_array().empty()) {
        return refuse("The table '" + table.name + "' needs a list of fields in 'field'.");
    }
    if (fields->get_array().size() > kMaxFields) {
        return refuse("The table '" + table.name + "' has more than " + std::to_string(kMaxFields) +
                      " fields.");
    }
    std::vector<std::string> names;
    for (const json::value& field : fields->get_array()) {
        NewColumn column;
        const bool is_virtual = field.is_object() && says_virtual(field.get_object());
        if (is_virtual) {  // kept elsewhere
            column.name = text_or(field.get_object(), "name", "");
            SLUICE_CHECK(check_name(column.name, "field"));
        } else {
            SLUICE_TRY(column, read_new_column(field));
        }
        const auto is_same = [&column](const std::string& other) {
            return equals_ignoring_case(other, column.name);
        };
        if (std::ranges::any_of(names, is_same)) {
            return refuse("The field '" + column.name + "' is given twice.");
        }
        names.push_back(column.name);
        if (!is_virtual) {
            table.columns.push_back(std::move(column));
        }
    }
    if (table.columns.empty()) {
        return refuse("The table '" + table.name + "' needs a field that is not virtual.");
    }
    SLUICE_CHECK(read_keys(object, table));
    return table;
}

}  // namespace

Status check_default(const NewColumn& column) {
    Column probe;
    probe.name = column.name;
    probe.kind = kind_of_type(column.type);
    probe.length = column.length;
    return check_default(probe, column.default_json);
}

Status check_default(const Column& column, const std::string& default_json) {
    JsonReader reader(default_json);
    Input input{Input::Form::Number, default_json};
    if (default_json == "true" || default_json == "false") {
        input.form = default_json == "true" ? Input::Form::True : Input::Form::False;
    } else if (reader.peek() == JsonReader::Type::String) {
        input = {Input::Form::Text, reader.string()};
        if (known_expression(input.text)) {
            return {};
        }
    } else if (!is_json_number(default_json)) {
        return {};  // an expression, or what is refused with it
    }
    auto value = to_value(column, input);
    if (value) {
        value = fitted(column, std::move(*value), OtherDates::Refused);
    }
    return value ? Status() : Status(refuse("The default is wrong: " + value.error().message()));
}

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

}  // namespace sluice::services::sql
