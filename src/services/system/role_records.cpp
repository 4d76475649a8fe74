#include "services/system/role_records.h"

#include <algorithm>
#include <array>

#include "services/system/row_filters.h"

namespace sluice::services::system {
namespace {

using store::RoleAccessRow;
using store::RoleRow;
using store::Tables;
using store::UserAppRoleRow;

constexpr std::array kRules{FieldRule{"name", 64}, FieldRule{"description", 4096}};

constexpr std::array kOthers{
    OtherMember{"lookup_by_role_id", OtherMember::Use::NotYet},
    OtherMember{"limit_by_role_id", OtherMember::Use::NotYet},
    OtherMember{"app_by_role_id", OtherMember::Use::NotYet},
    OtherMember{"redirect_uri", OtherMember::Use::NotYet},
    // What others than administrators see of the incumbent's console; here rights say so.
    OtherMember{"accessible_tabs"},
    OtherMember{"app_by_user_to_app_to_role"},
    OtherMember{"service_by_role_service_access"},
    OtherMember{"user_by_user_to_app_to_role"},
};

constexpr int kAllRequestors =
    static_cast<int>(Requestor::Api) | static_cast<int>(Requestor::Script);

Status check_access(Tables& tables, RoleAccessRow& line) {
    if (line.requestor_mask < 0 || line.requestor_mask > kAllRequestors) {
        return fail(ErrorKind::BadRequest,
                    "Field 'requestor_mask' must be 0, 1 (API), 2 (SCRIPT) or 3 (both).");
    }
    SLUICE_CHECK(check_reference(tables.roles, line.role_id, "role_id"));
    return check_reference(tables.services, line.service_id, "service_id");
}

/// Filters choose rows. On a service without rows they would look like a limit and be none.
Status check_has_rows(Tables& tables,
                      const RoleAccessRow& line,
                      const std::vector<std::string>& databases) {
    if (line.filters.empty() || !line.service_id) {
        return {};
    }
    SLUICE_TRY(const auto service, tables.services.find(*line.service_id));
    if (service && std::ranges::find(databases, service->type) == databases.end()) {
        return fail(ErrorKind::BadRequest, "Field 'filters': service '" + service->name +
                                               "' is no database, so that there are no rows to "
                                               "limit.");
    }
    return {};
}

constexpr std::string_view kLines = "role_service_access_by_role_id";

Relation<RoleAccessRow> lines_on(std::vector<std::string> databases) {
    const auto check = [databases = std::move(databases)](Tables& tables,
                                                          RoleAccessRow& line) -> Status {
        SLUICE_CHECK(check_access(tables, line));
        return check_has_rows(tables, line, databases);
    };
    return {kLines, &Tables::role_accesses, "role_id", &RoleAccessRow::role_id, check};
}

const Relation<UserAppRoleRow>& holders() {
    static const Relation<UserAppRoleRow> kHolders{"user_to_app_to_role_by_role_id",
                                                   &Tables::user_app_roles, "role_id",
                                                   &UserAppRoleRow::role_id, &check_user_app_role};
    return kHolders;
}

}  // namespace

RoleRecords::RoleRecords(std::vector<std::string> databases)
    : RowRecords({"role",
                  "Roles",
                  "What callers may do.",
                  "",
                  {},
                  {kLines, holders().name},
                  "",
                  {"lookup_by_role_id"}},
                 &Tables::roles),
      lines_(lines_on(std::move(databases))) {}

std::span<const FieldRule> RoleRecords::rules() const {
    return kRules;
}

std::span<const OtherMember> RoleRecords::others() const {
    return kOthers;
}

Status RoleRecords::check(Tables& tables, RoleRow& row, const RoleRow* before) const {
    SLUICE_CHECK(require_text(row.name, "name"));
    return check_unique(tables, "name", row.name, before);
}

Status RoleRecords::save_relations(Tables& tables, const RoleRow& row, const Draft& draft) const {
    SLUICE_CHECK(save_children(tables, lines_, row.id, draft.fields));
    return save_children(tables, holders(), row.id, draft.fields);
}

Status RoleRecords::relate(Tables& tables, json::object& record, std::string_view relation) const {
    const store::Id id = integer_or(record, "id", 0);
    if (relation == kLines) {
        SLUICE_TRY(record[relation], read_children(tables, lines_, id));
    } else {
        SLUICE_TRY(record[relation], read_children(tables, holders(), id));
    }
    return {};
}

}  // namespace sluice::services::system
