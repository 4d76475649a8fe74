/// What was acknowledged is there after a kill at any moment.

#include <csignal>

#include <sys/wait.h>
#include <unistd.h>

#include <gtest/gtest.h>

#include "store/digest.h"
#include "store/migrations/migrations.h"
#include "store/sqlite_database.h"
#include "store/testing.h"

namespace sluice::store {
namespace {

/// In the child: writes one role after the other and tells the parent each one that was
/// acknowledged. Never returns.
[[noreturn]] void write_for_ever(const std::string& url, int pipe) {
    auto store = Store::open(url);
    if (!store) {
        ::_exit(1);
    }
    for (;;) {
        const auto made = (*store)->write_now([&](Tables& tables) -> Result<RoleRow> {
            RoleRow row = testing::role_named("role " + store::random_hex(8));
            SLUICE_TRY(row, tables.roles.insert(std::move(row)));
            RoleAccessRow line;
            line.role_id = row.id;
            SLUICE_TRY(line, tables.role_accesses.insert(line));
            return row;
        });
        const std::int64_t id = made ? made->id : 0;
        if (id == 0 || ::write(pipe, &id, sizeof(id)) != sizeof(id)) {
            ::_exit(1);
        }
    }
}

/// The ids that were acknowledged before the child was killed.
std::vector<std::int64_t> kill_after(const std::string& url, std::size_t count) {
    int ends[2];
    if (::pipe(ends) != 0) {
        return {};
    }
    const pid_t child = ::fork();
    if (child == 0) {
        ::close(ends[0]);
        write_for_ever(url, ends[1]);
    }
    ::close(ends[1]);
    std::vector<std::int64_t> acknowledged;
    std::int64_t id = 0;
    while (::read(ends[0], &id, sizeof(id)) == sizeof(id)) {
        acknowledged.push_back(id);
        if (acknowledged.size() == count) {
            ::kill(child, SIGKILL);
        }
    }
    ::close(ends[0]);
    ::waitpid(child, nullptr, 0);
    return acknowledged;
}

TEST(Crash, LosesNoAcknowledgedWriteAndHalvesNone) {
    const testing::TempFolder folder;
    const std::string url = "sqlite:" + folder.file("system.sqlite");
    std::vector<std::int64_t> expected;
    for (const std::size_t count : {1U, 7U, 20U, 33U}) {
        const auto acknowledged = kill_after(url, count);
        ASSERT_GE(acknowledged.size(), count);
        expected.insert(expected.end(), acknowledged.begin(), acknowledged.end());

        const auto store = Store::open(url).value();
        const SnapshotRef snapshot = store->snapshot();
        for (const std::int64_t id : expected) {
            EXPECT_TRUE(snapshot->roles_by_id.contains(id)) << id;
        }
        for (const auto& [id, role] : snapshot->roles_by_id) {
            EXPECT_EQ(role->row.accesses.size(), 1U) << "role and line are one transaction";
        }
    }
    const auto database = open_sqlite(folder.file("system.sqlite")).value();
    EXPECT_EQ(text_of(database->query("PRAGMA integrity_check", {})->at(0).at(0)), "ok");
}

TEST(Crash, FirstStartThatDiedBeforeSeedingIsFinished) {
    const testing::TempFolder folder;
    const std::string url = "sqlite:" + folder.file("system.sqlite");
    {
        const auto database = open_sqlite(folder.file("system.sqlite")).value();
        ASSERT_TRUE(migrate(*database));
    }
    const auto store = Store::open(url).value();
    EXPECT_EQ(store->snapshot()->services_by_name.size(), 7U);
    EXPECT_EQ(store->instance().token_key.size(), 64U);
}

}  // namespace
}  // namespace sluice::store
