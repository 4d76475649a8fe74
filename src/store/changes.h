#pragma once
/// What a transaction changed, so that only that is read again for the next snapshot.

#include <set>
#include <string>

#include "store/rows.h"

namespace sluice::store {

struct Changes {
    std::set<Id> services;
    std::set<Id> apps;
    std::set<Id> roles;
    /// By name, stage included.
    std::set<std::string> event_scripts;
    /// Services about whose tables something else is kept.
    std::set<Id> schemas;
    /// Users, their roles, their sessions: what decides who a caller is.
    bool identities = false;

    bool any_configuration() const {
        return !services.empty() || !apps.empty() || !roles.empty() || !event_scripts.empty() ||
               !schemas.empty();
    }

    void note(const ServiceRow& row) { services.insert(row.id); }
    void note(const AppRow& row) { apps.insert(row.id); }
    void note(const RoleRow& row) { roles.insert(row.id); }
    void note(const RoleAccessRow& row) { roles.insert(row.role_id); }
    void note(const EventScriptRow& row) { event_scripts.insert(row.name); }
    void note(const TableExtraRow& row) { schemas.insert(row.service_id); }
    void note(const FieldExtraRow& row) { schemas.insert(row.service_id); }
    void note(const RelationExtraRow& row) { schemas.insert(row.service_id); }
    void note(const VirtualRelationRow& row) { schemas.insert(row.service_id); }
    void note(const UserRow& /*row*/) { identities = true; }
    void note(const UserAppRoleRow& /*row*/) { identities = true; }
    // A new token takes nothing from anybody; only a revoked one must be noticed.
    void note(const TokenRow& row) { identities = identities || row.is_revoked; }
    void note(const SettingRow& /*row*/) {}
};

}  // namespace sluice::store
