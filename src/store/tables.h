#pragma once
/// All tables, as a transaction sees them.

#include "store/table.h"

namespace sluice::store {

/// The tables are open, the database is not: what SQL there is over them stands in this room.
/// Threads: the store's own; lives as long as one transaction.
class Tables {
public:
    Tables(Database& database, Changes& changes)
        : services(database, changes),
          apps(database, changes),
          roles(database, changes),
          role_accesses(database, changes),
          users(database, changes),
          user_app_roles(database, changes),
          event_scripts(database, changes),
          table_extras(database, changes),
          field_extras(database, changes),
          relation_extras(database, changes),
          virtual_relations(database, changes),
          tokens(database, changes),
          settings(database, changes),
          database_(database) {}

    /// Runs `work` so that all it wrote is undone when it fails, while the transaction goes on.
    template <typename Work>
    auto attempt(Work work) -> decltype(work()) {
        SLUICE_CHECK(database_.run_script("SAVEPOINT attempt"));
        auto result = work();
        if (!result) {
            SLUICE_CHECK(database_.run_script("ROLLBACK TO SAVEPOINT attempt"));
        }
        SLUICE_CHECK(database_.run_script("RELEASE SAVEPOINT attempt"));
        return result;
    }

    Table<ServiceRow> services;
    Table<AppRow> apps;
    Table<RoleRow> roles;
    Table<RoleAccessRow> role_accesses;
    Table<UserRow> users;
    Table<UserAppRoleRow> user_app_roles;
    Table<EventScriptRow> event_scripts;
    Table<TableExtraRow> table_extras;
    Table<FieldExtraRow> field_extras;
    Table<RelationExtraRow> relation_extras;
    Table<VirtualRelationRow> virtual_relations;
    Table<TokenRow> tokens;
    Table<SettingRow> settings;

private:
    Database& database_;
};

}  // namespace sluice::store
