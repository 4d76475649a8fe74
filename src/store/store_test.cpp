#include "store/store.h"

#include <atomic>
#include <tuple>

#include <sys/stat.h>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "store/testing.h"

namespace sluice::store {
namespace {

using testing::await;
using testing::role_named;
using testing::service_named;
using testing::TestStore;

template <typename T>
Result<T> as_result(T value) {
    return value;
}

EventScriptRow script_row(std::string name, std::string content) {
    EventScriptRow row;
    row.name = std::move(name);
    row.type = "nodejs";
    row.content = std::move(content);
    row.is_active = true;
    return row;
}

TEST(Store, NewDatabaseHoldsTheSeededServicesUnderTheirIds) {
    TestStore store;
    const auto snapshot = store->snapshot();
    const std::vector<std::string> names{"system", "api_docs", "files", "logs",
                                         "db",     "email",    "user"};
    ASSERT_EQ(snapshot->services_by_name.size(), names.size());
    for (std::size_t i = 0; i < names.size(); ++i) {
        const auto found = snapshot->services_by_name.find(names[i]);
        ASSERT_NE(found, snapshot->services_by_name.end()) << names[i];
        EXPECT_EQ(found->second->id, static_cast<Id>(i + 1));
    }
    EXPECT_EQ(snapshot->services_by_name.find("db")->second->label, "Local SQL Database");
    EXPECT_FALSE(snapshot->services_by_name.find("system")->second->is_deletable);
}

TEST(Store, SeededAppsHaveTheirPublicKeysAndNoRole) {
    TestStore store;
    const auto snapshot = store->snapshot();
    const auto admin = snapshot->apps_by_key.find(
        "6498a8ad1beb9d84d63035c5d1120c007fad6de706734db9689f8996707e0f7d");
    ASSERT_NE(admin, snapshot->apps_by_key.end());
    EXPECT_EQ(admin->second->name, "admin");
    EXPECT_EQ(admin->second->id, 1);
    EXPECT_EQ(admin->second->role_id, std::nullopt);
    EXPECT_EQ(snapshot->apps_by_key.size(), 3U);
}

TEST(Store, SecondStartKeepsWhatTheFirstMadeUp) {
    TestStore store;
    const InstanceFacts before = store->instance();
    store.insert(&Tables::roles, role_named("reader"));
    store.reopen();
    EXPECT_EQ(store->instance().token_key, before.token_key);
    EXPECT_EQ(store->instance().instance_id, before.instance_id);
    EXPECT_EQ(before.token_key.size(), 64U);
    EXPECT_EQ(store->snapshot()->roles_by_id.size(), 1U);
    EXPECT_EQ(store->snapshot()->services_by_name.size(), 7U);
}

TEST(Store, DatabaseFileIsForItsOwnerOnly) {
    TestStore store;
    struct stat facts {};
    ASSERT_EQ(::stat(store.url().substr(7).c_str(), &facts), 0);
    EXPECT_EQ(facts.st_mode & 0777U, 0600U);
}

TEST(Store, WriteIsInTheSnapshotWhenItReturns) {
    TestStore store;
    const auto before = store->snapshot();
    store.insert(&Tables::services, service_named("shop"));
    EXPECT_TRUE(store->snapshot()->services_by_name.contains("shop"));
    EXPECT_EQ(store->revision(), before->revision + 1);
    EXPECT_EQ(store->snapshot()->revision, store->revision());
    EXPECT_FALSE(before->services_by_name.contains("shop")) << "a snapshot never changes";
}

TEST(Store, FailedWriteLeavesNothingBehind) {
    TestStore store;
    const auto revision = store->revision();
    const auto status = await(store->write([](Tables& tables) -> Result<int> {
        SLUICE_TRY(const auto row, tables.roles.insert(role_named("half")));
        static_cast<void>(row);
        return fail(ErrorKind::BadRequest, "no");
    }));
    EXPECT_FALSE(status);
    EXPECT_EQ(store->revision(), revision);
    const auto roles = await(store->read([](Tables& tables) { return tables.roles.all(); }));
    EXPECT_TRUE(roles->empty());
}

TEST(Store, ThrowingWriteLeavesNothingBehindEither) {
    TestStore store;
    EXPECT_THROW(await(store->write([](Tables& tables) -> Result<int> {
                     SLUICE_TRY(const auto row, tables.roles.insert(role_named("half")));
                     static_cast<void>(row);
                     throw std::runtime_error("no");
                 })),
                 std::runtime_error);
    const auto roles = await(store->read([](Tables& tables) { return tables.roles.all(); }));
    EXPECT_TRUE(roles->empty());
}

TEST(Store, RowsAreCounted) {
    TestStore store;
    const auto counted =
        await(store->write([](Tables& tables) -> Result<std::vector<std::int64_t>> {
            for (const char* name : {"one", "two", "three"}) {
                UserRow user;
                user.name = name;
                user.email = std::string(name) + "@x.org";
                user.is_sys_admin = user.name == "three";
                SLUICE_TRY(user, tables.users.insert(user));
                SLUICE_CHECK(tables.users.note_login(user.id, 1'700'000'000 + user.id * 10));
            }
            SLUICE_TRY(const std::int64_t all, tables.users.count());
            SLUICE_TRY(const std::int64_t admins, tables.users.count("is_sys_admin", true));
            SLUICE_TRY(const std::int64_t none, tables.roles.count());
            return std::vector<std::int64_t>{all, admins, none};
        }));
    ASSERT_TRUE(counted);
    EXPECT_EQ(*counted, (std::vector<std::int64_t>{3, 1, 0}));
    const auto latest = await(store->read([](Tables& tables) {
        return tables.users.latest("last_login_date", "is_sys_admin", false);
    }));
    EXPECT_EQ(*latest, date_text(1'700'000'020));
}

TEST(Store, LatestOfNothingIsEmpty) {
    TestStore store;
    const auto latest = await(store->read([](Tables& tables) {
        return tables.users.latest("last_login_date", "is_sys_admin", true);
    }));
    ASSERT_TRUE(latest);
    EXPECT_EQ(*latest, "");
}

TEST(Store, TokensThatAreGoodForNothingAreForgotten) {
    TestStore store;
    const auto left = await(store->write([](Tables& tables) -> Result<std::vector<TokenRow>> {
        UserRow user;
        user.name = "one";
        user.email = "one@x.org";
        SLUICE_TRY(user, tables.users.insert(user));
        for (const auto& [hash, iat, exp] : {std::tuple{"old", 10, 20}, std::tuple{"valid", 10, 90},
                                             std::tuple{"refreshable", 40, 45}}) {
            TokenRow row;
            row.token_hash = hash;
            row.user_id = user.id;
            row.iat = iat;
            row.exp = exp;
            SLUICE_TRY(row, tables.tokens.insert(row));
        }
        SLUICE_CHECK(tables.tokens.remove_outdated(30, 50));
        return tables.tokens.all();
    }));
    ASSERT_TRUE(left);
    ASSERT_EQ(left->size(), 2U);
    EXPECT_EQ(left->at(0).token_hash, "refreshable");
    EXPECT_EQ(left->at(1).token_hash, "valid");
}

TEST(Store, AttemptUndoesOnlyItself) {
    TestStore store;
    const auto kept = await(store->write([](Tables& tables) -> Result<std::size_t> {
        SLUICE_TRY(auto row, tables.roles.insert(role_named("one")));
        const auto second = tables.attempt([&]() -> Result<RoleRow> {
            SLUICE_TRY(row, tables.roles.insert(role_named("two")));
            return tables.roles.insert(role_named("one"));
        });
        EXPECT_FALSE(second);
        EXPECT_EQ(second.error().kind(), ErrorKind::Conflict);
        SLUICE_TRY(const auto all, tables.roles.all());
        return all.size();
    }));
    ASSERT_TRUE(kept);
    EXPECT_EQ(*kept, 1U);
}

TEST(Store, DuplicateNameIsAConflictWithoutSql) {
    TestStore store;
    const auto made = await(
        store->write([](Tables& tables) { return tables.services.insert(service_named("db")); }));
    ASSERT_FALSE(made);
    EXPECT_EQ(made.error().kind(), ErrorKind::Conflict);
    EXPECT_EQ(made.error().message().find("UNIQUE"), std::string::npos);
}

TEST(Store, ReferenceToNothingIsABadRequest) {
    TestStore store;
    AppRow app;
    app.name = "shop";
    app.api_key = "k";
    app.role_id = 99;
    const auto made = await(store->write([&](Tables& tables) { return tables.apps.insert(app); }));
    ASSERT_FALSE(made);
    EXPECT_EQ(made.error().kind(), ErrorKind::BadRequest);
}

TEST(Store, RowsComeBackAsTheyWere) {
    TestStore store;
    const RoleRow role = store.insert(&Tables::roles, role_named("reader"));
    RoleAccessRow line;
    line.role_id = role.id;
    line.service_id = 5;
    line.component = "_table/*";
    line.verbs = VerbSet(3);
    line.requestor_mask = 3;
    line.filters = {{"owner", "=", "o'neil"}, {"age", ">", "3"}};
    line.filters_joined_by_or = true;
    store.insert(&Tables::role_accesses, line);
    const auto role_now = store->snapshot()->roles_by_id.at(role.id);
    ASSERT_EQ(role_now->row.accesses.size(), 1U);
    const RoleAccessRow& back = role_now->row.accesses[0];
    EXPECT_EQ(back.service_id, 5);
    EXPECT_EQ(back.component, "_table/*");
    EXPECT_EQ(back.verbs, VerbSet(3));
    EXPECT_EQ(back.requestor_mask, 3);
    ASSERT_EQ(back.filters.size(), 2U);
    EXPECT_EQ(back.filters[0].value, "o'neil");
    EXPECT_TRUE(back.filters_joined_by_or);
}

TEST(Store, SnapshotFollowsScripts) {
    TestStore store;
    store.insert(&Tables::event_scripts, script_row("db._table.todo.get.pre_process", "return 1"));
    store.insert(&Tables::event_scripts, script_row("db._table.todo.get", "return 2"));
    auto snapshot = store->snapshot();
    const Attachments* attached = snapshot->find_attachments("db._table.todo.get");
    ASSERT_NE(attached, nullptr);
    EXPECT_EQ(attached->pre_process->text, "return 1");
    EXPECT_EQ(attached->final->text, "return 2");
    EXPECT_EQ(attached->post_process, nullptr);
    EXPECT_EQ(attached->pre_process->hash.size(), 64U);
    EXPECT_EQ(snapshot->attachments_per_service.find("db")->second, 2);

    EventScriptRow changed = script_row("db._table.todo.get", "return 2");
    changed.is_active = false;
    ASSERT_TRUE(
        await(store->write([&](Tables& tables) { return tables.event_scripts.update(changed); })));
    snapshot = store->snapshot();
    EXPECT_EQ(snapshot->find_attachments("db._table.todo.get")->final, nullptr);
    EXPECT_EQ(snapshot->attachments_per_service.find("db")->second, 1);

    ASSERT_TRUE(await(store->write([](Tables& tables) -> Result<bool> {
        SLUICE_CHECK(tables.event_scripts.remove(script_row("db._table.todo.get.pre_process", "")));
        return true;
    })));
    snapshot = store->snapshot();
    EXPECT_EQ(snapshot->find_attachments("db._table.todo.get"), nullptr);
    EXPECT_FALSE(snapshot->attachments_per_service.contains("db"));
}

TEST(Store, DeletedServiceTakesItsLinesInRolesAlong) {
    TestStore store;
    const auto shop = store.insert(&Tables::services, service_named("shop"));
    const RoleRow role = store.insert(&Tables::roles, role_named("reader"));
    RoleAccessRow line;
    line.role_id = role.id;
    line.service_id = shop.id;
    store.insert(&Tables::role_accesses, line);
    ASSERT_TRUE(await(store->write([&](Tables& tables) -> Result<bool> {
        SLUICE_CHECK(tables.services.remove(shop));
        return true;
    })));
    EXPECT_TRUE(store->snapshot()->roles_by_id.at(role.id)->row.accesses.empty());
}

TEST(Store, SnapshotIsNewBeforeTheWriteReturns) {
    TestStore store;
    const auto before = store->revision();
    const RoleRow role = store.insert(&Tables::roles, role_named("reader"));
    EXPECT_EQ(store->revision(), before + 1);
    EXPECT_EQ(store->snapshot()->revision, before + 1);
    EXPECT_TRUE(store->snapshot()->roles_by_id.contains(role.id));
}

TEST(Store, ListenerSeesTheSnapshotBeforeTheWriteReturns) {
    TestStore store;
    std::atomic<std::uint64_t> seen = 0;
    store->subscribe([&](const SnapshotRef& snapshot) { seen = snapshot->revision; });
    store.insert(&Tables::roles, role_named("reader"));
    EXPECT_EQ(seen, store->revision());
}

TEST(Store, UsersChangeTheIdentityRevisionOnly) {
    TestStore store;
    const auto revision = store->revision();
    const auto identities = store->identity_revision();
    UserRow user;
    user.email = "ada@example.com";
    store.insert(&Tables::users, user);
    EXPECT_EQ(store->revision(), revision);
    EXPECT_EQ(store->identity_revision(), identities + 1);
}

TEST(Store, UrlOfAnotherKindIsRefused) {
    EXPECT_EQ(Store::open("postgres://localhost/x").error().kind(), ErrorKind::NotImplemented);
    EXPECT_EQ(Store::open("mysql://localhost/x").error().kind(), ErrorKind::BadRequest);
    EXPECT_EQ(Store::open("sqlite:").error().kind(), ErrorKind::BadRequest);
    EXPECT_EQ(Store::open("sqlite:/no/such/folder/x.sqlite").error().kind(),
              ErrorKind::ServiceUnavailable);
}

}  // namespace
}  // namespace sluice::store
