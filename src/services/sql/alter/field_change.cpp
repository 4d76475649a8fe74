#include "services/sql/alter/field_change.h"

#include <algorithm>
#include <array>

#include "core/fields.h"
#include "services/sql/describe.h"
#include "services/sql/new_table_members.h"

namespace sluice::services::sql {
namespace {

/// What makes a type.
constexpr std::array<std::string_view, 7> kOfType{"type",      "db_type", "length",      "size",
                                                  "precision", "scale",   "fixed_length"};
/// What follows from other members, or is kept elsewhere.
constexpr std::array<std::string_view, 10> kPassedOver{
    "alias", "native",   "supports_multibyte", "label",          "description",
    "name",  "picklist", "validation",         "is_foreign_key", "db_function"};
/// What a column is from the start.
constexpr std::array<std::string_view, 4> kFixed{"is_primary_key", "auto_increment", "is_virtual",
                                                 "is_aggregate"};
constexpr std::array<std::string_view, 6> kOfReference{
    "ref_table", "ref_field", "ref_fields", "ref_service_id", "ref_on_update", "ref_on_delete"};

template <std::size_t N>
bool is_any(std::string_view name, const std::array<std::string_view, N>& names) {
    return std::ranges::find(names, name) != names.end();
}

tl::unexpected<Error> cannot_change(std::string_view member, const Column& column) {
    return fail(ErrorKind::NotImplemented, "The '" + std::string(member) + "' of field '" +
                                               column.name + "' cannot be changed.");
}

/// Nothing is asked for: what the database shows in another way, or does not have.
bool is_nothing(const json::value& value) {
    return value.is_null() || value == json::value(false) || value == json::value("") ||
           (value.is_array() && value.get_array().empty()) ||
           (value.is_object() && value.get_object().empty());
}

/// Members of `said` that are not as `shown` has them.
json::object new_members(const json::object& said, const json::object& shown) {
    json::object changed;
    for (const auto& [name, value] : said) {
        const json::value* now = shown.if_contains(name);
        const bool is_same_type = name == "type" && value.is_string() && now != nullptr &&
                                  equals_ignoring_case(value.get_string(), now->get_string());
        const bool is_same = now != nullptr ? *now == value : is_nothing(value);
        const bool is_unsaid = value.is_null() && name != "default" && !is_any(name, kOfReference);
        if (!is_same && !is_same_type && !is_unsaid) {
            changed[name] = value;
        }
    }
    return changed;
}

/// The whole of the field as it shall be, for the reader of new fields.
json::object merged(const json::object& shown, const json::object& changed, bool has_new_type) {
    json::object whole;
    for (const std::string_view member :
         {"name", "type", "length", "precision", "scale", "fixed_length", "allow_null"}) {
        whole[member] = shown.at(member);
    }
    const bool names_type = changed.contains("type") || changed.contains("db_type");
    if (names_type) {
        for (const std::string_view member : kOfType) {
            whole.erase(member);
        }
    }
    if (has_new_type && whole.contains("type")) {
        // A reference is an integer, and so is what counts.
        const auto& type = whole.at("type").get_string();
        if (type == "reference" || type == "any") {
            whole["type"] = type == "any" ? "string" : "integer";
        }
    }
    for (const auto& [name, value] : changed) {
        if (is_any(name, kOfType) || name == "default" || name == "allow_null") {
            whole[name] = value;
        }
    }
    if (changed.contains("required") && !changed.contains("allow_null")) {
        whole.erase("allow_null");
        whole["required"] = changed.at("required");
    }
    return whole;
}

/// A foreign key is taken away by naming no table.
bool drops_reference(const json::object& changed, const Column& column) {
    const json::value* table = changed.if_contains("ref_table");
    return column.foreign_key && table != nullptr && is_nothing(*table) &&
           std::ranges::all_of(kOfReference, [&changed](std::string_view member) {
               const json::value* given = changed.if_contains(member);
               return given == nullptr || is_nothing(*given);
           });
}

Status check_changes(const json::object& changed, const Column& column) {
    for (const auto& [name, value] : changed) {
        if (is_any(name, kFixed)) {
            return cannot_change(name, column);
        }
        const bool is_taken = (name == "is_unique" || name == "is_index") && is_nothing(value);
        const bool is_reference = is_any(name, kOfReference) && column.foreign_key.has_value();
        if (is_taken || is_reference || name == "ref_service_id") {
            return cannot_change(name, column);
        }
    }
    return {};
}

}  // namespace

Result<FieldChange> read_field_change(const Table& table,
                                      const Column& column,
                                      const json::object& said) {
    SLUICE_CHECK(check_field_members(said, column.name));
    SLUICE_TRY(const auto parsed, parse_json(field_json(column), "description"));
    const json::object& shown = parsed.get_object();
    json::object changed = new_members(said, shown);
    FieldChange change;
    change.column = &column;
    if (said.contains("name") && !said.at("name").is_string() && !said.at("name").is_null()) {
        SLUICE_CHECK(check_name("", "field"));
    }
    if (said.contains("name") && said.at("name").is_string()) {
        const std::string name(said.at("name").get_string());
        change.is_renamed =
            !equals_ignoring_case(name, column.name) && !equals_ignoring_case(name, column.alias);
        if (change.is_renamed) {
            SLUICE_CHECK(check_name(name, "field"));
            change.wanted.name = name;
        }
    }
    for (const std::string_view member : kPassedOver) {
        changed.erase(member);
    }
    change.drops_reference = drops_reference(changed, column);
    if (change.drops_reference) {
        for (const std::string_view member : kOfReference) {
            changed.erase(member);
        }
    }
    SLUICE_CHECK(check_changes(changed, column));
    change.has_new_type = std::ranges::any_of(
        kOfType, [&changed](std::string_view member) { return changed.contains(member); });
    change.has_new_default = changed.contains("default");
    const std::string new_name = std::move(change.wanted.name);
    json::object whole = merged(shown, changed, change.has_new_type);
    if (!change.has_new_type) {
        for (const std::string_view member : kOfType) {
            whole.erase(member);  // not looked at
        }
    }
    for (const std::string_view member : kOfReference) {
        if (changed.contains(member)) {
            whole[member] = changed.at(member);
        }
    }
    SLUICE_TRY(change.wanted, read_column_members(whole, column.name));
    change.wanted.name = change.is_renamed ? new_name : column.name;
    change.has_new_nullability = change.wanted.allows_null != column.allows_null;
    change.becomes_unique = changed.contains("is_unique");
    change.becomes_index = changed.contains("is_index") && !change.becomes_unique;
    if (change.has_new_nullability && column.is_primary_key) {
        return cannot_change("allow_null", column);
    }
    const bool would_count = change.wanted.type == "id" || change.wanted.type == "pk";
    if (change.has_new_type && (would_count || column.is_auto_increment || column.is_generated)) {
        return cannot_change("type", column);
    }
    if (change.has_new_default && (column.is_auto_increment || column.is_generated)) {
        return cannot_change("default", column);
    }
    if (change.has_new_default && !change.wanted.default_json.empty() && !change.has_new_type) {
        SLUICE_CHECK(check_default(column, change.wanted.default_json));
    }
    const bool is_mixed =
        change.is_renamed &&
        (change.has_new_type || change.has_new_default || change.has_new_nullability ||
         change.becomes_unique || change.becomes_index || change.drops_reference ||
         !change.wanted.ref_table.empty());
    if (is_mixed) {
        return fail(ErrorKind::BadRequest, "The field '" + column.name +
                                               "' cannot be renamed and changed in one request.");
    }
    if (change.is_renamed && table.find(change.wanted.name) != nullptr) {
        return fail(ErrorKind::Conflict, "Field '" + change.wanted.name +
                                             "' already exists in table '" + table.name + "'.");
    }
    return change;
}

}  // namespace sluice::services::sql
