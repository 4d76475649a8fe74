#include "services/sql/new_table_members.h"

#include <algorithm>
#include <array>
#include <span>

namespace sluice::services::sql {
namespace {

constexpr std::array<std::string_view, 13> kOfTables{
    "alias",       "name",       "label", "description", "native",      "plural", "is_view",
    "primary_key", "name_field", "field", "related",     "constraints", "access"};

constexpr std::array<std::string_view, 32> kOfFields{
    "alias", "name", "label", "description", "native", "type", "db_type", "length", "precision",
    "scale", "default", "required", "allow_null", "fixed_length", "supports_multibyte",
    "auto_increment", "is_primary_key", "is_unique", "is_index", "is_foreign_key", "ref_table",
    "ref_field", "ref_on_update", "ref_on_delete", "picklist", "validation", "db_function",
    "is_virtual", "is_aggregate",
    // Not shown: other names, and what is refused elsewhere when it asks for something.
    "size", "ref_fields", "ref_service_id"};

Status check(const json::object& object,
             std::span<const std::string_view> known,
             const std::string& what) {
    for (const auto& [name, value] : object) {
        if (std::ranges::find(known, std::string_view(name)) == known.end()) {
            return fail(ErrorKind::BadRequest,
                        what + " has the unknown member '" + std::string(name) + "'.");
        }
    }
    return {};
}

}  // namespace

Status check_table_members(const json::object& table, std::string_view name) {
    return check(table, kOfTables, "The table '" + std::string(name) + "'");
}

Status check_field_members(const json::object& field, std::string_view name) {
    return check(field, kOfFields, "Field '" + std::string(name) + "'");
}

bool says_virtual(const json::object& field) {
    const json::value* given = field.if_contains("is_virtual");
    return given != nullptr && is_truthy(given->is_string() ? std::string_view(given->get_string())
                                                            : json::serialize(*given));
}

}  // namespace sluice::services::sql
