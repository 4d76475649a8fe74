#pragma once
/// Accounts on a throw-away store. Included by tests only.

#include "access/accounts.h"
#include "store/testing.h"

namespace sluice::access::testing {

using store::testing::await;
using store::testing::await_all;

/// A store with accounts whose passwords are cheap to hash.
struct TestAccounts {
    store::testing::TestStore store;
    Accounts accounts{*store, SessionPolicy{}, PasswordCost::least()};

    store::UserRow add_user(const std::string& email,
                            const std::string& password = "correct horse",
                            bool is_sys_admin = false) {
        store::UserRow row;
        row.email = email;
        row.name = "Somebody";
        row.is_sys_admin = is_sys_admin;
        row.password_hash = await(accounts.passwords.hash(password)).value();
        return store.insert(&store::Tables::users, row);
    }

    std::string open_session(const store::UserRow& user) {
        return await(accounts.sessions.open(user, false)).value().token;
    }

    store::RoleRow add_role(const std::string& name) {
        return store.insert(&store::Tables::roles, store::testing::role_named(name));
    }

    store::AppRow add_app(const std::string& name, std::optional<store::Id> role = {}) {
        store::AppRow row;
        row.name = name;
        row.api_key = "key-of-" + name;
        row.role_id = role;
        return store.insert(&store::Tables::apps, row);
    }
};

}  // namespace sluice::access::testing
