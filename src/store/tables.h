#pragma once
/// All tables, as a transaction sees them.

#include "store/table.h"

namespace sluice::store {

/// Threads: the store's own; lives as long as one transaction.
struct Tables {
    Tables(Database& the_database, Changes& changes)
        : database(the_database),
          services(the_database, changes),
          apps(the_database, changes),
          roles(the_database, changes),
          role_accesses(the_database, changes),
          users(the_database, changes),
          user_app_roles(the_database, changes),
          event_scripts(the_database, changes),
          tokens(the_database, changes),
          settings(the_database, changes) {}

    Database& database;
    Table<ServiceRow> services;
    Table<AppRow> apps;
    Table<RoleRow> roles;
    Table<RoleAccessRow> role_accesses;
    Table<UserRow> users;
    Table<UserAppRoleRow> user_app_roles;
    Table<EventScriptRow> event_scripts;
    Table<TokenRow> tokens;
    Table<SettingRow> settings;
};

/// Runs `work` so that all it wrote is undone when it fails, while the transaction goes on.
template <typename Work>
auto attempt(Database& database, Work work) -> decltype(work()) {
    SLUICE_CHECK(database.run_script("SAVEPOINT attempt"));
    auto result = work();
    if (!result) {
        SLUICE_CHECK(database.run_script("ROLLBACK TO SAVEPOINT attempt"));
    }
    SLUICE_CHECK(database.run_script("RELEASE SAVEPOINT attempt"));
    return result;
}

}  // namespace sluice::store
