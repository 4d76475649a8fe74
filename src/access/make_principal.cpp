#include "access/make_principal.h"

#include <algorithm>

#include "core/json.h"

namespace sluice::access {
namespace {

using store::AppRow;
using store::Id;
using store::Role;
using store::RoleAccessRow;
using store::Snapshot;
using store::UserRow;

const AppRow* app_of(const Snapshot& snapshot, const std::string& key) {
    const auto found = snapshot.apps_by_key.find(key);
    return found == snapshot.apps_by_key.end() ? nullptr : found->second.get();
}

std::optional<Id> role_id_of(const Proven& proven, const AppRow* app) {
    if (proven.identity) {
        const auto& roles = proven.identity->roles;
        const auto own = std::ranges::find_if(
            roles, [app](const auto& row) { return app != nullptr && row.app_id == app->id; });
        if (own != roles.end()) {
            return own->role_id;
        }
        if (proven.identity->user.is_sys_admin) {
            // Restricted wherever they come from, be it without a key.
            return roles.empty() ? std::nullopt : std::optional(roles.front().role_id);
        }
    }
    return app == nullptr ? std::nullopt : app->role_id;
}

UserIdentity user_of(const UserRow& row) {
    UserIdentity user;
    user.id = row.id;
    user.name = row.name;
    user.username = row.username;
    user.first_name = row.first_name;
    user.last_name = row.last_name;
    user.email = row.email;
    user.is_sys_admin = row.is_sys_admin;
    user.last_login_date = row.last_login_date;
    return user;
}

json::object json_of(const UserIdentity& user) {
    return {{"id", user.id},
            {"name", user.name},
            {"username", text_or_null(user.username)},
            {"display_name", user.name},
            {"first_name", text_or_null(user.first_name)},
            {"last_name", text_or_null(user.last_name)},
            {"email", user.email},
            {"is_sys_admin", user.is_sys_admin},
            {"last_login_date", text_or_null(user.last_login_date)},
            {"ldap_username", nullptr}};
}

json::object json_of(const RoleAccessRow& line, const Snapshot& snapshot) {
    json::object out;
    const auto service = line.service_id ? snapshot.services_by_id.find(*line.service_id)
                                         : snapshot.services_by_id.end();
    const bool is_named = service != snapshot.services_by_id.end();
    out["service"] = is_named ? json::value(service->second->name) : json::value(nullptr);
    out["service_id"] = line.service_id ? json::value(*line.service_id) : json::value(nullptr);
    out["component"] = text_or_null(line.component);
    out["verb_mask"] = line.verbs.bits();
    out["requestor_mask"] = line.requestor_mask;
    json::array filters;
    for (const RowFilter& filter : line.filters) {
        filters.push_back(
            {{"name", filter.field}, {"operator", filter.op}, {"value", filter.value}});
    }
    out["filters"] = std::move(filters);
    out["filter_op"] = line.filters_joined_by_or ? "OR" : "AND";
    return out;
}

json::object json_of(const Role& role, const Snapshot& snapshot) {
    json::array services;
    for (const RoleAccessRow& line : role.row.accesses) {
        services.push_back(json_of(line, snapshot));
    }
    return {{"id", role.row.id}, {"name", role.row.name}, {"services", std::move(services)}};
}

std::string session_json(const Principal& principal, const Role* role, const Snapshot& snapshot) {
    json::object out;
    out["api_key"] = text_or_null(principal.api_key);
    out["session_token"] = text_or_null(principal.session_token);
    out["user"] = principal.user ? json_of(*principal.user) : json::object();
    out["app"] = principal.app
                     ? json::object{{"id", principal.app->id}, {"name", principal.app->name}}
                     : json::object();
    out["role"] = role == nullptr ? json::object() : json_of(*role, snapshot);
    out["lookup"] = json::object();
    return json::serialize(out);
}

}  // namespace

json::value text_or_null(const std::string& text) {
    return text.empty() ? json::value(nullptr) : json::value(text);
}

PrincipalRef make_principal(const Snapshot& snapshot, const Proven& proven) {
    auto principal = std::make_shared<Principal>();
    const AppRow* app = app_of(snapshot, proven.api_key);
    if (app != nullptr) {
        principal->api_key = proven.api_key;
        principal->app = AppIdentity{app->id, app->name};
    }
    principal->session_token = proven.session_token;
    if (proven.identity) {
        principal->user = user_of(proven.identity->user);
    }
    const std::optional<Id> role_id = role_id_of(proven, app);
    const auto found = role_id ? snapshot.roles_by_id.find(*role_id) : snapshot.roles_by_id.end();
    const Role* role = found == snapshot.roles_by_id.end() ? nullptr : found->second.get();
    if (role != nullptr) {
        principal->role = RoleIdentity{role->row.id, role->row.name};
    }
    principal->is_unrestricted =
        proven.identity && proven.identity->user.is_sys_admin && proven.identity->roles.empty();
    principal->session_json = session_json(*principal, role, snapshot);
    return principal;
}

}  // namespace sluice::access
