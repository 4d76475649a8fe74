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

/// "contact" of `_table/contact`, `_table/contact/*`; empty where the line is not about one table.
std::string table_of(std::string_view component) {
    constexpr std::string_view kTables = "_table/";
    if (component.size() < kTables.size() ||
        !equals_ignoring_case(component.substr(0, kTables.size()), kTables)) {
        return "";
    }
    const std::string_view rest = component.substr(kTables.size());
    const std::string_view table = rest.substr(0, rest.find('/'));
    return table.find('*') == std::string_view::npos ? std::string(table) : std::string();
}

constexpr std::chrono::milliseconds kTryTime{1000};
constexpr std::size_t kMostDoubts = 10;

/// A value that names the caller is not known yet: then it is the field that is tried.
RowFilter tried(RowFilter filter) {
    if (filter.value.find('{') != std::string::npos) {
        filter.op = "IS NOT NULL";
    }
    return filter;
}

std::string doubt_of(const std::string& service,
                     const std::string& table,
                     const RowFilter& filter,
                     const std::string& why) {
    return "The filter on '" + filter.field + "' of table '" + table + "' of service '" + service +
           "' cannot be applied, and calls that it is for will fail: " + why;
}

/// "contact" where the line names a table by the alias of another; empty where it does not.
std::string table_behind(const store::Snapshot& snapshot, const RoleAccessRow& line) {
    const auto aliases = snapshot.table_aliases.find(line.service_id.value_or(0));
    const std::string component = store::indexed_component(line.component);
    const std::size_t slash = component.find('/');
    const std::string resource = component.substr(0, slash);
    if (aliases == snapshot.table_aliases.end() || slash == std::string::npos ||
        (resource != "_table" && resource != "_schema")) {
        return "";
    }
    const std::string_view rest = std::string_view(component).substr(slash + 1);
    const auto found = aliases->second.find(rest.substr(0, rest.find('/')));
    return found == aliases->second.end() ? "" : found->second;
}

std::string alias_doubt(const std::string& component, const std::string& table) {
    return "The line for '" + component + "' stands for nothing: it names an alias of table '" +
           table + "', and lines know tables by their names alone.";
}

}  // namespace

RoleRecords::RoleRecords(std::vector<std::string> databases,
                         const store::Store& store,
                         TryFilter try_filter)
    : RowRecords({"role",
                  "Roles",
                  "What callers may do.",
                  "",
                  {},
                  {kLines, holders().name},
                  "",
                  {"lookup_by_role_id"}},
                 &Tables::roles),
      lines_(lines_on(std::move(databases))),
      store_(store),
      try_filter_(std::move(try_filter)) {}

Task<std::optional<std::string>> RoleRecords::review(const json::object& sent,
                                                     const json::object& saved,
                                                     Deadline deadline) {
    const store::SnapshotRef snapshot = store_.snapshot();
    const auto role = snapshot->roles_by_id.find(integer_or(saved, "id", 0));
    if (!try_filter_ || !sent.contains(kLines) || role == snapshot->roles_by_id.end()) {
        co_return std::nullopt;
    }
    deadline = deadline.within(kTryTime);
    std::string doubts;
    std::size_t count = 0;
    for (const RoleAccessRow& line : role->second->row.accesses) {
        const auto service = snapshot->services_by_id.find(line.service_id.value_or(0));
        const std::string behind = table_behind(*snapshot, line);
        if (!behind.empty() && ++count <= kMostDoubts) {
            doubts += (doubts.empty() ? "" : " ") + alias_doubt(line.component, behind);
        }
        const std::string table = table_of(line.component);
        if (table.empty() || service == snapshot->services_by_id.end()) {
            continue;
        }
        for (const RowFilter& filter : line.filters) {
            const std::string& name = service->second->name;
            const auto why = co_await try_filter_(name, table, tried(filter), deadline);
            if (why && ++count <= kMostDoubts) {
                doubts += (doubts.empty() ? "" : " ") + doubt_of(name, table, filter, *why);
            }
        }
    }
    co_return doubts.empty() ? std::nullopt : std::optional(doubts);
}

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
