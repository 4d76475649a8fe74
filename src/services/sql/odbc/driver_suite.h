#pragma once
/// An OdbcDatabase on a file of its own, over the smallest driver there is; the case suite runs the
/// layer on all.

#include <algorithm>
#include <chrono>
#include <filesystem>
#include <random>

#include <sqlite3.h>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <gtest/gtest.h>

#include "services/sql/odbc/connection_string.h"
#include "services/sql/odbc/driver.h"

namespace sluice::services::sql {

using std::chrono::milliseconds;
using std::chrono::seconds;

inline constexpr const char* kSlow =
    "WITH RECURSIVE c(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM c WHERE n < 1000000000) "
    "SELECT COUNT(*) FROM c";

class OdbcDriver : public ::testing::Test {
protected:
    void SetUp() override {
        const auto drivers = registered_drivers();
        if (std::ranges::find(drivers, "SQLite3") == drivers.end()) {
            GTEST_SKIP() << "SKIPPED: install libsqliteodbc to run this";
        }
        path_ = std::filesystem::path(testing::TempDir()) /
                ("sluice_odbc_" + std::to_string(std::random_device()()) + ".db");
        execute(
            "PRAGMA journal_mode = WAL; CREATE TABLE t (id INTEGER PRIMARY KEY, n INTEGER UNIQUE)");
        open(settings());
    }
    void TearDown() override {
        database_.reset();
        loop_.restart();
        loop_.run_for(milliseconds(50));
        std::error_code ignored;
        for (const char* end : {"", "-wal", "-shm"}) {
            std::filesystem::remove(path_.string() + end, ignored);
        }
    }
    void execute(const std::string& sql) const {
        sqlite3* handle = nullptr;
        sqlite3_open(path_.c_str(), &handle);
        ASSERT_EQ(sqlite3_exec(handle, sql.c_str(), nullptr, nullptr, nullptr), SQLITE_OK) << sql;
        sqlite3_close(handle);
    }
    OdbcSettings settings() const {
        return {"SQLite3",
                {{"DATABASE", path_.string()}, {"Timeout", "5000"}, {"StepAPI", "1"}},
                {},
                find_flavor("sqlite"),
                OdbcCursors::Fetched};
    }
    void open(OdbcSettings settings, std::size_t most = 4) {
        database_ = std::make_unique<OdbcDatabase>(
            std::make_shared<OdbcPool>(
                std::move(settings), most, [this](const OdbcFacts& facts) { facts_ = facts; },
                loop_.get_executor()),
            std::make_shared<std::atomic<std::uint64_t>>(0));
    }
    template <typename T>
    T run(Task<T> task) {
        std::optional<T> result;
        boost::asio::co_spawn(loop_, std::move(task), [&result](std::exception_ptr, T value) {
            result.emplace(std::move(value));
        });
        const auto work = boost::asio::make_work_guard(loop_);
        loop_.restart();
        while (!result) {
            loop_.run_one();
        }
        return std::move(*result);
    }
    Status read(const std::string& sql,
                std::vector<Value> values,
                RowSink& rows,
                Deadline deadline = Deadline::after(seconds(20))) {
        const Statement statement{sql, std::move(values)};
        return run(database_->read(statement, rows, deadline));
    }
    Value value_of(const std::string& sql, std::vector<Value> values = {}) {
        RowList rows;
        const Status status = read(sql, std::move(values), rows);
        EXPECT_TRUE(status) << sql << ": " << (status ? "" : status.error().detail());
        return status && rows.rows().size() == 1 ? rows.rows()[0][0] : Value("no row");
    }
    static Write insert(std::int64_t n) {
        Write write;
        write.statement = {"INSERT INTO t (n) VALUES (?) RETURNING n", {Value(n)}};
        write.shape =
            std::make_shared<RowShape>(RowShape{nullptr, {{",\"n\":", Kind::Integer}}, {}});
        return write;
    }
    Result<std::vector<Written>> write(std::vector<Write> writes,
                                       BatchMode mode = BatchMode::Stop,
                                       Deadline deadline = Deadline::after(seconds(20))) {
        Writes all;
        all.writes = std::move(writes);
        all.mode = mode;
        return run(database_->write(std::move(all), deadline));
    }
    std::int64_t count() { return integer_of(value_of("SELECT COUNT(*) FROM t")); }

    std::filesystem::path path_;
    boost::asio::io_context loop_{1};
    OdbcFacts facts_;
    std::unique_ptr<OdbcDatabase> database_;
};

}  // namespace sluice::services::sql
