#include "services/sql/sqlite/guard.h"

#include <filesystem>
#include <random>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "services/sql/sqlite/connection.h"

namespace sluice::services::sql {
namespace {

using ::testing::HasSubstr;

class SqliteGuard : public ::testing::TestWithParam<const char*> {
protected:
    SqliteGuard()
        : folder_(std::filesystem::temp_directory_path() /
                  ("sluice_guard_" + std::to_string(std::random_device()()))) {
        std::filesystem::create_directories(folder_);
    }
    ~SqliteGuard() override { std::filesystem::remove_all(folder_); }

    Result<std::unique_ptr<SqliteConnection>> open(std::vector<std::string> statements) const {
        SqliteSettings settings;
        settings.path = folder_ / "test.db";
        settings.creates = true;
        settings.statements = std::move(statements);
        return SqliteConnection::open(settings, true, settings.busy_timeout);
    }
    /// `statement` with the folder in place of `@`.
    std::string here(std::string statement) const {
        const std::size_t at = statement.find('@');
        return at == std::string::npos ? statement : statement.replace(at, 1, folder_.string());
    }

    std::filesystem::path folder_;
};

TEST_P(SqliteGuard, BarsTheStatementWhenItIsSavedAndWhenItRuns) {
    const std::string statement = here(GetParam());
    const Status saved = check_statements({"SELECT 1", statement});
    ASSERT_FALSE(saved);
    EXPECT_EQ(saved.error().kind(), ErrorKind::BadRequest);
    EXPECT_THAT(saved.error().message(), HasSubstr("'statements' may not use "));
    const auto opened = open({statement});
    ASSERT_FALSE(opened);
    EXPECT_EQ(opened.error().kind(), ErrorKind::Internal);
    EXPECT_THAT(opened.error().message(), HasSubstr("may not use "));
    EXPECT_FALSE(std::filesystem::exists(folder_ / "other.db"));
}

INSTANTIATE_TEST_SUITE_P(Statements,
                         SqliteGuard,
                         ::testing::Values("ATTACH DATABASE '@/other.db' AS o",
                                           "/* a */ attach '@/other.db' as o",
                                           "DETACH DATABASE main",
                                           "VACUUM INTO '@/other.db'",
                                           "SELECT load_extension('x')",
                                           "PRAGMA writable_schema = ON",
                                           "pragma main.writable_schema(1)",
                                           "PRAGMA temp_store_directory = '@'",
                                           "PRAGMA trusted_schema = ON",
                                           "PRAGMA locking_mode = EXCLUSIVE",
                                           "PRAGMA user_version = 5"));

TEST_F(SqliteGuard, LetsTheRestThrough) {
    const std::vector<std::string> statements{"PRAGMA cache_size = -4000",
                                              "pragma foreign_keys(0)",
                                              "PRAGMA user_version",
                                              "PRAGMA table_info(sqlite_master)",
                                              "CREATE TEMP VIEW one AS SELECT 1 AS n",
                                              "CREATE VIRTUAL TABLE IF NOT EXISTS f USING fts5(a)",
                                              "INSERT INTO f VALUES ('x')"};
    EXPECT_TRUE(check_statements(statements));
    const auto opened = open(statements);
    EXPECT_TRUE(opened) << opened.error().message();
}

TEST_F(SqliteGuard, BarsWhatComesLaterToo) {
    auto opened = open({});
    ASSERT_TRUE(opened);
    const Status status = (*opened)->run(here("ATTACH '@/other.db' AS o").c_str());
    ASSERT_FALSE(status);
    EXPECT_THAT(status.error().message(), HasSubstr("may not use ATTACH"));
    EXPECT_TRUE((*opened)->run("SELECT 1"));
}

}  // namespace
}  // namespace sluice::services::sql
