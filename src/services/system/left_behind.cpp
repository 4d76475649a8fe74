#include "services/system/left_behind.h"

#include <set>

#include "core/fields.h"

namespace sluice::services::system {
namespace {

using store::Id;
using store::Tables;

constexpr std::size_t kMaxNamed = 10;

std::string shown(const std::string& name) {
    return "'" + name + "'";
}

std::string shown(Id id) {
    return std::to_string(id);
}

/// "What they lose: a, b and 3 more."
template <typename Names>
void tell(std::string& told, std::string_view what, const Names& names) {
    if (names.empty()) {
        return;
    }
    std::string list;
    std::size_t count = 0;
    for (const auto& name : names) {
        if (++count <= kMaxNamed) {
            list.append(count == 1 ? "" : ", ").append(shown(name));
        }
    }
    if (count > kMaxNamed) {
        list.append(" and ").append(std::to_string(count - kMaxNamed)).append(" more");
    }
    told.append(told.empty() ? "" : " ").append(what).append(": ").append(list).append(".");
}

Result<std::set<Id>> users_with(Tables& tables, std::string_view column, Id id) {
    SLUICE_TRY(const auto lines, tables.user_app_roles.where(column, id));
    std::set<Id> users;
    for (const store::UserAppRoleRow& line : lines) {
        users.insert(line.user_id);
    }
    return users;
}

Result<std::set<std::string>> apps_with(Tables& tables, std::string_view column, Id id) {
    SLUICE_TRY(const auto rows, tables.apps.where(column, id));
    std::set<std::string> apps;
    for (const store::AppRow& app : rows) {
        apps.insert(app.name);
    }
    return apps;
}

Result<std::set<std::string>> scripts_of(Tables& tables, const std::string& service) {
    SLUICE_TRY(const auto rows, tables.event_scripts.all());
    std::set<std::string> scripts;
    for (const store::EventScriptRow& script : rows) {
        if (lower_case(script.name).starts_with(service + ".")) {
            scripts.insert(script.name);
        }
    }
    return scripts;
}

Result<std::set<std::string>> roles_with(Tables& tables, Id service) {
    SLUICE_TRY(const auto lines, tables.role_accesses.where("service_id", service));
    std::set<std::string> roles;
    for (const store::RoleAccessRow& line : lines) {
        SLUICE_TRY(const auto role, tables.roles.find(line.role_id));
        if (role) {
            roles.insert(role->name);
        }
    }
    return roles;
}

}  // namespace

Result<std::string> left_by(Tables& tables, const store::RoleRow& role) {
    SLUICE_TRY(const auto apps, apps_with(tables, "role_id", role.id));
    SLUICE_TRY(const auto users, users_with(tables, "role_id", role.id));
    std::string told;
    tell(told, "Apps that no longer have a role", apps);
    tell(told, "Users that no longer have this role, by id", users);
    return told;
}

Result<std::string> left_by(Tables& tables, const store::AppRow& app) {
    SLUICE_TRY(const auto users, users_with(tables, "app_id", app.id));
    SLUICE_TRY(const auto rows, tables.users.where("default_app_id", app.id));
    std::set<Id> starters;
    for (const store::UserRow& user : rows) {
        starters.insert(user.id);
    }
    std::string told;
    tell(told, "Users that no longer have a role in this app, by id", users);
    tell(told, "Users that no longer have a default app, by id", starters);
    return told;
}

Result<std::string> left_by(Tables& tables, const store::ServiceRow& service) {
    SLUICE_TRY(const auto roles, roles_with(tables, service.id));
    SLUICE_TRY(const auto apps, apps_with(tables, "storage_service_id", service.id));
    SLUICE_TRY(const auto scripts, scripts_of(tables, service.name));
    std::string told;
    tell(told, "Roles that no longer grant anything on this service", roles);
    tell(told, "Apps that no longer have a storage", apps);
    tell(told, "Scripts on its events that no longer fire", scripts);
    return told;
}

Result<std::string> left_by_name(Tables& tables, const std::string& old_name) {
    SLUICE_TRY(const auto scripts, scripts_of(tables, old_name));
    std::string told;
    tell(told, "The scripts on events of its old name '" + old_name + "' no longer fire", scripts);
    return told;
}

}  // namespace sluice::services::system
