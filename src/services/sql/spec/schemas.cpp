#include "services/sql/spec/schemas.h"

namespace sluice::services::sql {
namespace {

/// The integers that every reader of JSON holds exactly end at 2^53.
constexpr std::int64_t kInt32 = INT32_MAX;

json::object type(std::string_view name, std::string_view format = {}) {
    json::object schema{{"type", name}};
    if (!format.empty()) {
        schema["format"] = format;
    }
    return schema;
}

json::object of_kind(const Column& column) {
    switch (column.kind) {
        case Kind::Integer:
            return type("integer", column.greatest <= kInt32 ? "int32" : "int64");
        case Kind::Real:
            return type("number", "double");
        case Kind::Decimal:
            // Numbers on SQLite, strings where the database keeps every digit; written as either.
            return {{"oneOf", json::array{type("string", "decimal"), type("number")}}};
        case Kind::Boolean:
            return type("boolean");
        case Kind::Date:
            return type("string", "date");
        case Kind::Binary:
            return type("string", "byte");
        case Kind::Uuid:
            return type("string", "uuid");
        case Kind::Text:
        case Kind::Time:
        case Kind::DateTime:
            return type("string");
        case Kind::Json:
        case Kind::Any:
            break;
    }
    return {};
}

bool is_filled_in(const Column& column) {
    return column.is_auto_increment || column.is_generated;
}

json::object object_of(const json::object& properties) {
    return {{"type", "object"}, {"properties", properties}};
}

}  // namespace

json::object schema_of(const Column& column) {
    json::object schema = of_kind(column);
    if (column.kind == Kind::Text && column.length && *column.length > 0) {
        schema["maxLength"] = *column.length;
    }
    if (column.allows_null && !schema.empty()) {
        schema["nullable"] = true;
    }
    if (is_filled_in(column)) {
        schema["readOnly"] = true;
    }
    if (!column.db_type.empty()) {
        schema["description"] = column.db_type;
    }
    return schema;
}

json::object record_schema(const Table& table) {
    json::object properties;
    for (const Column& column : table.columns) {
        properties[column.shown()] = schema_of(column);
    }
    return object_of(properties);
}

json::object new_record_schema(const Table& table) {
    json::object properties;
    json::array required;
    for (const Column& column : table.columns) {
        if (is_filled_in(column)) {
            continue;
        }
        properties[column.shown()] = schema_of(column);
        if (column.is_required()) {
            required.emplace_back(column.shown());
        }
    }
    json::object schema = object_of(properties);
    if (!required.empty()) {  // an empty list is not allowed
        schema["required"] = std::move(required);
    }
    return schema;
}

std::string component_name(std::string_view name) {
    constexpr std::string_view kDigits = "0123456789abcdef";
    std::string out;
    for (const char c : name) {
        const bool is_plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
                              (c >= '0' && c <= '9') || c == '_' || c == '.';
        if (is_plain) {
            out.push_back(c);
            continue;
        }
        const auto byte = static_cast<unsigned char>(c);
        out.push_back('-');
        out.push_back(kDigits[byte >> 4U]);
        out.push_back(kDigits[byte & 15U]);
    }
    return out;
}

json::object reference_to(std::string_view kind, std::string_view name) {
    return {{"$ref", "#/components/" + std::string(kind) + "/" + std::string(name)}};
}

}  // namespace sluice::services::sql
