#include "services/sql/sqlite/new_file.h"

#include <unistd.h>

#include <gtest/gtest.h>

namespace sluice::services::sql {
namespace {

namespace fs = std::filesystem;

class NewSqliteFile : public ::testing::Test {
protected:
    NewSqliteFile()
        : folder_(fs::path(testing::TempDir()) / ("sluice_new_file_" + std::to_string(getpid()))) {
        fs::remove_all(folder_);
        fs::create_directories(folder_);
    }
    ~NewSqliteFile() override { fs::remove_all(folder_); }

    fs::path folder_;
};

TEST_F(NewSqliteFile, HoldsWhatTheScriptMade) {
    ASSERT_TRUE(make_sqlite_file(folder_ / "a.db", "CREATE TABLE t (id INTEGER)"));
    EXPECT_GT(fs::file_size(folder_ / "a.db"), 0U);
    EXPECT_FALSE(fs::exists(folder_ / "a.db.new"));
}

TEST_F(NewSqliteFile, IsNotThereWhenTheScriptFails) {
    const Status made = make_sqlite_file(folder_ / "a.db", "CREATE TABLE t (id INTEGER); CREATE");
    ASSERT_FALSE(made);
    EXPECT_EQ(made.error().kind(), ErrorKind::Internal);
    EXPECT_FALSE(fs::exists(folder_ / "a.db"));
}

TEST_F(NewSqliteFile, StartsAnewWhereAnotherStartWasKilled) {
    ASSERT_FALSE(make_sqlite_file(folder_ / "a.db", "CREATE TABLE t (id INTEGER); CREATE"));
    EXPECT_TRUE(make_sqlite_file(folder_ / "a.db", "CREATE TABLE t (id INTEGER)"));
}

TEST_F(NewSqliteFile, NeedsAFolder) {
    EXPECT_FALSE(make_sqlite_file(folder_ / "none" / "a.db", ""));
}

}  // namespace
}  // namespace sluice::services::sql
