#include "services/sql/sqlite/connection.h"

#include <filesystem>
#include <random>

#include <sqlite3.h>

#include <gtest/gtest.h>

namespace sluice::services::sql {
namespace {

class ConnectionTest : public ::testing::Test {
protected:
    ConnectionTest()
        : path_(std::filesystem::temp_directory_path() /
                ("sluice_connection_" + std::to_string(std::random_device()()) + ".db")) {
        SqliteSettings settings;
        settings.path = path_;
        settings.creates = true;
        connection_ = *SqliteConnection::open(settings, true, settings.busy_timeout);
    }
    ~ConnectionTest() override {
        connection_.reset();
        for (const char* suffix : {"", "-wal", "-shm"}) {
            std::filesystem::remove(path_.string() + suffix);
        }
    }
    std::int64_t ask(const std::string& sql) {
        RowList rows;
        const Status status =
            connection_->run(Statement{sql, {}}, rows, SqliteConnection::Time::max());
        return status && !rows.rows().empty() ? integer_of(rows.rows()[0].front()) : -1;
    }

    std::filesystem::path path_;
    std::unique_ptr<SqliteConnection> connection_;
};

std::string long_text(int n) {
    std::string list = std::to_string(n);
    for (int i = 0; i < 5000; ++i) {
        list += ", " + std::to_string(i);
    }
    return "SELECT " + std::to_string(n) + " IN (" + list + ")";
}

TEST_F(ConnectionTest, KeepsOneLongStatementAtATime) {
    EXPECT_EQ(ask(long_text(0)), 1);
    const sqlite3_int64 before = sqlite3_memory_used();
    for (int n = 1; n < 40; ++n) {
        EXPECT_EQ(ask(long_text(n)), 1);
        EXPECT_EQ(ask(long_text(n)), 1) << "the same once more";
        EXPECT_EQ(ask("SELECT " + std::to_string(n % 3)), n % 3);
    }
    EXPECT_LT(sqlite3_memory_used(), before + 1'000'000);
}

}  // namespace
}  // namespace sluice::services::sql
