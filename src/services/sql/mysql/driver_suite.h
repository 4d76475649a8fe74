#pragma once
/// A MysqlDatabase on a database of its own in the server that SLUICE_TEST_MYSQL names.

#include <chrono>
#include <random>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/thread_pool.hpp>
#include <gtest/gtest.h>

#include "services/sql/mysql/driver.h"
#include "services/sql/mysql/server_kit.h"

namespace sluice::services::sql {

using std::chrono::milliseconds;

class MysqlDriver : public ::testing::Test {
protected:
    void SetUp() override {
        if (!has_mysql()) {
            GTEST_SKIP() << kNoMysql;
        }
        name_ = "d" + std::to_string(std::random_device()());
        execute_mysql("CREATE DATABASE " + name_);
        execute_mysql("CREATE TABLE t (id INTEGER AUTO_INCREMENT PRIMARY KEY, n INTEGER UNIQUE)",
                      name_);
        open(settings());
    }
    void TearDown() override {
        database_.reset();
        loop_.restart();
        loop_.run_for(milliseconds(100));
        pool_.join();
        if (has_mysql()) {
            execute_mysql("DROP DATABASE " + name_);
        }
    }
    MysqlSettings settings() const {
        MysqlSettings made = mysql_test_settings();
        made.database = name_;
        return made;
    }
    void open(MysqlSettings settings, std::size_t most = 4) {
        facts_ = std::make_shared<MysqlFacts>();
        database_ = std::make_unique<MysqlDatabase>(
            std::make_shared<MysqlPool>(std::move(settings), most, facts_, loop_.get_executor(),
                                        pool_),
            std::make_shared<std::atomic<std::uint64_t>>(0));
    }
    template <typename T>
    T run(Task<T> task) {
        std::optional<T> result;
        boost::asio::co_spawn(loop_, std::move(task), [&result](std::exception_ptr, T value) {
            result.emplace(std::move(value));
        });
        loop_.restart();
        while (!result && loop_.run_one() > 0) {
        }
        return std::move(*result);
    }
    Status read(const std::string& sql,
                std::vector<Value> values,
                RowList& rows,
                Deadline deadline = Deadline::after(std::chrono::seconds(20))) {
        const Statement statement{sql, std::move(values)};
        return run(database_->read(statement, rows, deadline));
    }
    /// The one value of the one row.
    Value value_of(const std::string& sql, std::vector<Value> values = {}) {
        RowList rows;
        const Status status = read(sql, std::move(values), rows);
        EXPECT_TRUE(status) << sql << ": " << status.error().detail();
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
                                       Deadline deadline = Deadline()) {
        Writes all;
        all.writes = std::move(writes);
        all.mode = mode;
        return run(database_->write(std::move(all), deadline));
    }
    std::int64_t count() { return integer_of(value_of("SELECT COUNT(*) FROM t")); }
    /// Ends every other connection to the database of this test.
    void end_connections(const std::string& how = "KILL") const {
        const std::string ids =
            execute_mysql("SELECT GROUP_CONCAT(ID SEPARATOR ';" + how +
                          " ') FROM information_schema.PROCESSLIST WHERE DB = '" + name_ + "'");
        execute_mysql(how + " " + ids);
    }

    std::string name_;
    std::shared_ptr<MysqlFacts> facts_;
    boost::asio::io_context loop_{1};
    boost::asio::thread_pool pool_{4};
    std::unique_ptr<MysqlDatabase> database_;
};

}  // namespace sluice::services::sql
