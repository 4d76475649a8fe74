#include "services/system/role_records.h"

#include <algorithm>
#include <array>

#include "services/system/children.h"

namespace sluice::services::system {
namespace {

using store::RoleAccessRow;
using store::RoleRow;
using store::Tables;
using store::UserAppRoleRow;

constexpr std::array kRules{FieldRule{"name", 64}, FieldRule{"description", 4096}};

constexpr int kAllRequestors =
    static_cast<int>(Requestor::Api) | static_cast<int>(Requestor::Script);

constexpr std::array<std::string_view, 15> kOperators{
    "=",      "!=",          "<>",        ">",        ">=",      "<",           "<=",  "IN",
    "NOT IN", "STARTS WITH", "ENDS WITH", "CONTAINS", "IS NULL", "IS NOT NULL", "LIKE"};

std::string upper_case(std::string text) {
    std::ranges::transform(text, text.begin(), [](char c) {
        return c >= 'a' && c <= 'z' ? static_cast<char>(c - ('a' - 'A')) : c;
    });
    return text;
}

Status check_access(Tables& tables, RoleAccessRow& line) {
    if (line.requestor_mask < 0 || line.requestor_mask > kAllRequestors) {
        return fail(ErrorKind::BadRequest,
                    "Field 'requestor_mask' must be 0, 1 (API), 2 (SCRIPT) or 3 (both).");
    }
    for (RowFilter& filter : line.filters) {
        filter.op = upper_case(filter.op);
        if (std::ranges::find(kOperators, filter.op) == kOperators.end()) {
            return fail(ErrorKind::BadRequest,
                        "Field 'filters': '" + filter.op + "' is no operator.");
        }
    }
    SLUICE_CHECK(check_reference(tables.roles, line.role_id, "role_id"));
    return check_reference(tables.services, line.service_id, "service_id");
}

const Relation<RoleAccessRow>& lines() {
    static const Relation<RoleAccessRow> kLines{"role_service_access_by_role_id",
                                                &Tables::role_accesses, "role_id",
                                                &RoleAccessRow::role_id, &check_access};
    return kLines;
}

const Relation<UserAppRoleRow>& holders() {
    static const Relation<UserAppRoleRow> kHolders{"user_to_app_to_role_by_role_id",
                                                   &Tables::user_app_roles, "role_id",
                                                   &UserAppRoleRow::role_id, &check_user_app_role};
    return kHolders;
}

}  // namespace

RoleRecords::RoleRecords()
    : RowRecords({"role", "Roles", "What callers may do.", "", {}, {lines().name, holders().name}},
                 &Tables::roles) {}

std::span<const FieldRule> RoleRecords::rules() const {
    return kRules;
}

Status RoleRecords::check(Tables& tables, RoleRow& row, const RoleRow* before) const {
    SLUICE_CHECK(require_text(row.name, "name"));
    return check_unique(tables, "name", row.name, before);
}

Status RoleRecords::save_relations(Tables& tables, const RoleRow& row, const Draft& draft) const {
    SLUICE_CHECK(save_children(tables, lines(), row.id, draft.fields));
    return save_children(tables, holders(), row.id, draft.fields);
}

Status RoleRecords::relate(Tables& tables, json::object& record, std::string_view relation) const {
    const store::Id id = integer_or(record, "id", 0);
    if (relation == lines().name) {
        SLUICE_TRY(record[relation], read_children(tables, lines(), id));
    } else {
        SLUICE_TRY(record[relation], read_children(tables, holders(), id));
    }
    return {};
}

}  // namespace sluice::services::system
