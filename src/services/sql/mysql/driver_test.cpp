#include "services/sql/mysql/driver.h"

#include <chrono>
#include <random>
#include <thread>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/thread_pool.hpp>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "services/sql/connectors.h"
#include "services/sql/mysql/server_kit.h"

namespace sluice::services::sql {
namespace {

using std::chrono::milliseconds;
using ::testing::HasSubstr;

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

TEST_F(MysqlDriver, BindsAndReadsEveryKindOfValue) {
    EXPECT_EQ(value_of("SELECT ?", {Value(std::int64_t{INT64_MIN})}),
              Value(std::int64_t{INT64_MIN}));
    EXPECT_EQ(value_of("SELECT CAST(18446744073709551615 AS UNSIGNED)"),
              Value(std::string("18446744073709551615")));
    EXPECT_EQ(value_of("SELECT CAST(? AS DECIMAL(40,10))",
                       {Value(std::string("123456789012345678901234567890.0123456789"))}),
              Value(std::string("123456789012345678901234567890.0123456789")));
    EXPECT_EQ(value_of("SELECT ?", {Value(Number{"1.50"})}), Value(std::string("1.50")));
    EXPECT_EQ(value_of("SELECT 0.1e0"), Value(Number{"0.1"}));
    EXPECT_EQ(value_of("SELECT ?", {Value(std::string("d\xC3\xA9j\xC3\xA0 \xF0\x9F\x98\x80 \\'"))}),
              Value(std::string("d\xC3\xA9j\xC3\xA0 \xF0\x9F\x98\x80 \\'")));
    EXPECT_EQ(value_of("SELECT ?", {Value(Bytes{std::string("\0\xFF'", 3)})}),
              Value(Bytes{std::string("\0\xFF'", 3)}));
    EXPECT_EQ(value_of("SELECT ?", {Value(Null{})}), Value(Null{}));
    EXPECT_EQ(value_of("SELECT CAST('2026-01-02 03:04:05.5' AS DATETIME(6))"),
              Value(std::string("2026-01-02 03:04:05.5")));
    EXPECT_EQ(value_of("SELECT CAST('-30:10:00' AS TIME)"), Value(std::string("-30:10:00")));
    EXPECT_EQ(value_of("SELECT CAST('0000-00-00' AS CHAR)"), Value(std::string("0000-00-00")));
    EXPECT_EQ(value_of("SELECT ?", {Value(std::string())}), Value(std::string()));
}

TEST_F(MysqlDriver, ReadsColumnsAsTheyAreKept) {
    execute_mysql(
        "CREATE TABLE kinds (f FLOAT, b BIT(12), y YEAR, u BIGINT UNSIGNED, e ENUM('x','y'),"
        " j JSON, g GEOMETRY, tt TIME(3), c CHAR(5) CHARACTER SET latin1);"
        "INSERT INTO kinds VALUES (1.1, b'100000000001', 2026, 18446744073709551615, 'y',"
        " '{\"a\": 1}', POINT(1, 2), '838:59:59.125', CONVERT(x'E9' USING latin1))",
        name_);
    RowList rows;
    ASSERT_TRUE(read("SELECT * FROM kinds", {}, rows));
    const RowList::Row& row = rows.rows().at(0);
    EXPECT_EQ(row[0], Value(std::string("1.1")));
    EXPECT_EQ(row[1], Value(std::int64_t{2049}));
    EXPECT_EQ(row[2], Value(std::int64_t{2026}));
    EXPECT_EQ(row[3], Value(std::string("18446744073709551615")));
    EXPECT_EQ(row[4], Value(std::string("y")));
    EXPECT_EQ(row[5], Value(std::string("{\"a\": 1}")));
    EXPECT_TRUE(std::holds_alternative<Bytes>(row[6]));
    EXPECT_EQ(row[7], Value(std::string("838:59:59.125")));
    EXPECT_EQ(row[8], Value(std::string("\xC3\xA9")));
}

TEST_F(MysqlDriver, ReadsTextsOfEveryLength) {
    RowList rows;
    ASSERT_TRUE(
        read("SELECT REPEAT('a', 10) UNION ALL SELECT REPEAT('b', 3000000) "
             "UNION ALL SELECT NULL UNION ALL SELECT REPEAT('c', 300) "
             "UNION ALL SELECT REPEAT('d', 257)",
             {}, rows));
    ASSERT_EQ(rows.rows().size(), 5U);
    EXPECT_EQ(text_of(rows.rows()[0][0]), std::string(10, 'a'));
    EXPECT_EQ(text_of(rows.rows()[1][0]), std::string(3'000'000, 'b'));
    EXPECT_TRUE(is_null(rows.rows()[2][0]));
    EXPECT_EQ(text_of(rows.rows()[3][0]), std::string(300, 'c'));
    EXPECT_EQ(text_of(rows.rows()[4][0]), std::string(257, 'd'));
}

Task<void> read_number(MysqlDatabase& database, std::int64_t n, int& right, int& wrong) {
    const Statement statement{"SELECT ? + 1", {Value(n)}};
    RowList rows;
    const Status status = co_await database.read(statement, rows, Deadline());
    const bool is_right = status && integer_of(rows.rows().front().front()) == n + 1;
    right += is_right ? 1 : 0;
    wrong += is_right ? 0 : 1;
}

TEST_F(MysqlDriver, AnswersManyAtOnceEachWithItsOwn) {
    int right = 0;
    int wrong = 0;
    for (int i = 0; i < 300; ++i) {
        boost::asio::co_spawn(loop_, read_number(*database_, i, right, wrong),
                              boost::asio::detached);
    }
    loop_.restart();
    while (right + wrong < 300 && loop_.run_one() > 0) {
    }
    EXPECT_EQ(right, 300);
    EXPECT_EQ(wrong, 0);
    EXPECT_LE(std::stoi(execute_mysql("SELECT COUNT(*) FROM information_schema.PROCESSLIST "
                                      "WHERE DB = '" +
                                      name_ + "'")),
              4);
}

TEST_F(MysqlDriver, StopsAtTheDeadline) {
    RowList rows;
    const auto start = Deadline::Clock::now();
    const Status status = read("SELECT SLEEP(30)", {}, rows, Deadline::after(milliseconds(150)));
    ASSERT_FALSE(status);
    EXPECT_EQ(status.error().status(), 504);
    EXPECT_LT(Deadline::Clock::now() - start, std::chrono::seconds(4));
    std::this_thread::sleep_for(milliseconds(300));
    EXPECT_EQ(execute_mysql("SELECT COUNT(*) FROM information_schema.PROCESSLIST WHERE DB = '" +
                            name_ + "' AND INFO LIKE '%SLEEP(30)%'"),
              "0");
}

TEST_F(MysqlDriver, WaitsForAConnectionNoLongerThanTheCall) {
    open(settings(), 1);
    auto held = run(database_->begin(Deadline::after(std::chrono::seconds(5))));
    ASSERT_TRUE(held);
    RowList rows;
    const Status status = read("SELECT 1", {}, rows, Deadline::after(milliseconds(100)));
    ASSERT_FALSE(status);
    EXPECT_EQ(status.error().kind(), ErrorKind::ServiceUnavailable);
    held->reset();
    EXPECT_TRUE(read("SELECT 1", {}, rows));
}

TEST_F(MysqlDriver, ConnectsAgainAfterTheServerDroppedItsConnections) {
    ASSERT_TRUE(write({insert(1)}));
    end_connections();
    const auto written = write({insert(2)});  // found dead before anything was sent
    ASSERT_TRUE(written) << written.error().detail();
    EXPECT_TRUE(written->front());
    end_connections();
    EXPECT_EQ(count(), 2);
}

TEST_F(MysqlDriver, ReadsAgainWhatWasUnderWayWhenTheServerWent) {
    std::thread killer([this] {
        std::this_thread::sleep_for(milliseconds(300));
        end_connections();
    });
    RowList rows;
    const Status status = read("SELECT 7 FROM (SELECT SLEEP(0.7)) AS s", {}, rows);
    killer.join();
    ASSERT_TRUE(status) << status.error().detail();
    ASSERT_EQ(rows.rows().size(), 1U);
}

TEST_F(MysqlDriver, ReportsAWriteThatWasUnderWayWhenTheServerWent) {
    Write slow = insert(1);
    slow.statement = {"INSERT INTO t (n) SELECT 1 + SLEEP(1) RETURNING n", {}};
    std::thread killer([this] {
        std::this_thread::sleep_for(milliseconds(300));
        end_connections();
    });
    const auto written = write({slow}, BatchMode::Stop, Deadline::after(std::chrono::seconds(5)));
    killer.join();
    ASSERT_TRUE(written);
    ASSERT_FALSE(written->front());
    EXPECT_EQ(written->front().error().status(), 503);
    EXPECT_EQ(count(), 0);
}

TEST_F(MysqlDriver, GivesUpOnAConnectionInTheMiddleOfAnAnswer) {
    RowList rows;
    const Status status = read(
        "SELECT a.n, SLEEP(0.05) FROM (SELECT 1 AS n UNION ALL SELECT 2) a, "
        "information_schema.COLLATIONS b",
        {}, rows, Deadline::after(milliseconds(200)));
    EXPECT_FALSE(status);
    EXPECT_EQ(count(), 0);  // the next one gets a connection that works
}

TEST_F(MysqlDriver, ReadsTheTableAgainWhenItHasChanged) {
    RowList rows;
    ASSERT_TRUE(write({insert(1)}));
    ASSERT_TRUE(read("SELECT * FROM t", {}, rows));
    EXPECT_EQ(rows.rows()[0].size(), 2U);
    execute_mysql("ALTER TABLE t ADD COLUMN extra TEXT DEFAULT 'x'", name_);
    rows.reset();
    ASSERT_TRUE(read("SELECT * FROM t", {}, rows));
    ASSERT_EQ(rows.rows()[0].size(), 3U);
    EXPECT_EQ(text_of(rows.rows()[0][2]), "x");
}

TEST_F(MysqlDriver, KeepsWhatStoodBeforeTheFailureOfABatch) {
    const auto written = write({insert(1), insert(1), insert(2)});
    ASSERT_TRUE(written);
    EXPECT_EQ(written->size(), 2U);
    EXPECT_EQ(count(), 1);
    const auto all = write({insert(3), insert(3), insert(4)}, BatchMode::Continue);
    ASSERT_TRUE(all);
    EXPECT_EQ(all->size(), 3U);
    EXPECT_EQ(count(), 3);
    const auto none = write({insert(5), insert(5), insert(6)}, BatchMode::Rollback);
    ASSERT_TRUE(none);
    EXPECT_EQ(count(), 3);
}

Task<bool> in_transaction(MysqlDatabase& database, Write write, bool commits) {
    auto transaction = co_await database.begin(Deadline::after(std::chrono::seconds(5)));
    if (!transaction) {
        co_return false;
    }
    Writes writes;
    writes.mode = BatchMode::Continue;
    writes.writes.push_back(write);
    writes.writes.push_back(std::move(write));  // a repeated number fails alone
    const auto written = co_await (*transaction)->write(std::move(writes), Deadline());
    const bool is_as_expected = written && written->size() == 2 && (*written)[0] && !(*written)[1];
    if (commits) {
        const Status committed = co_await (*transaction)->commit(Deadline());
        co_return is_as_expected&& committed.has_value();
    }
    co_return is_as_expected;
}

TEST_F(MysqlDriver, KeepsATransactionApartUntilItsCommit) {
    EXPECT_TRUE(run(in_transaction(*database_, insert(1), true)));
    EXPECT_TRUE(run(in_transaction(*database_, insert(2), false)));
    loop_.restart();
    loop_.run_for(milliseconds(50));
    EXPECT_EQ(count(), 1);
}

Task<Status> lock_both_ways(
    MysqlDatabase& database, int first, int second, Signal& mine, Signal& other) {
    auto transaction = co_await database.begin(Deadline());
    RowList rows;
    const auto lock = [](int n) {
        return Statement{"SELECT n FROM t WHERE n = ? FOR UPDATE", {Value(std::int64_t{n})}};
    };
    const Statement one = lock(first);
    const Statement two = lock(second);
    CO_CHECK(co_await (*transaction)->read(one, rows, Deadline()));
    other.set();
    co_await mine.wait_until(Deadline());
    Status status = co_await (*transaction)->read(two, rows, Deadline());
    if (status) {
        co_await (*transaction)->commit(Deadline());
    }
    co_return status;
}

TEST_F(MysqlDriver, TellsADeadlockAsAChangeInTheWay) {
    ASSERT_TRUE(write({insert(1), insert(2)}));
    Signal a(loop_.get_executor());
    Signal b(loop_.get_executor());
    std::vector<Status> ends;
    const auto note = [&ends](std::exception_ptr, Status status) { ends.push_back(status); };
    boost::asio::co_spawn(loop_, lock_both_ways(*database_, 1, 2, a, b), note);
    boost::asio::co_spawn(loop_, lock_both_ways(*database_, 2, 1, b, a), note);
    loop_.restart();
    while (ends.size() < 2 && loop_.run_one() > 0) {
    }
    const auto failed = std::ranges::find_if(ends, [](const Status& s) { return !s; });
    ASSERT_NE(failed, ends.end());
    EXPECT_EQ(failed->error().message(), "Another change was in the way; try again.");
    EXPECT_EQ(failed->error().status(), 503);
}

TEST_F(MysqlDriver, SendsAndReadsBigBatches) {
    std::vector<Write> writes;
    for (int i = 0; i < 2000; ++i) {
        writes.push_back(insert(i));
    }
    const auto written = write(std::move(writes), BatchMode::Rollback);
    ASSERT_TRUE(written) << written.error().detail();
    EXPECT_EQ(written->size(), 2000U);
    EXPECT_EQ(count(), 2000);
}

TEST_F(MysqlDriver, KeepsOnlySoManyStatements) {
    for (int i = 0; i < 400; ++i) {
        ASSERT_EQ(integer_of(value_of("SELECT " + std::to_string(i))), i);
    }
    EXPECT_LE(std::stoi(execute_mysql("SELECT VARIABLE_VALUE FROM information_schema.GLOBAL_STATUS "
                                      "WHERE VARIABLE_NAME = 'PREPARED_STMT_COUNT'")),
              2 * 256);
}

TEST_F(MysqlDriver, SendsNoFileOfThisMachine) {
    execute_mysql("CREATE TABLE stolen (line TEXT)", name_);
    RowList rows;
    const Status status =
        read("LOAD DATA LOCAL INFILE '/etc/hostname' INTO TABLE stolen", {}, rows);
    EXPECT_FALSE(status);
    EXPECT_EQ(integer_of(value_of("SELECT COUNT(*) FROM stolen")), 0);
}

TEST_F(MysqlDriver, RunsOneStatementAtATime) {
    RowList rows;
    EXPECT_FALSE(read("INSERT INTO t (n) VALUES (1); DROP TABLE t", {}, rows));
    EXPECT_EQ(count(), 0);
}

TEST_F(MysqlDriver, SetsTheSessionUp) {
    MysqlSettings with = settings();
    with.timezone = "+05:00";
    with.collation = "utf8mb4_bin";
    with.statements = {"SET @mine = 7"};
    open(with);
    EXPECT_EQ(text_of(value_of("SELECT @@time_zone")), "+05:00");
    EXPECT_EQ(text_of(value_of("SELECT @@collation_connection")), "utf8mb4_bin");
    EXPECT_EQ(integer_of(value_of("SELECT @mine")), 7);
    EXPECT_EQ(text_of(value_of("SELECT 'a\\n'")), "a\\n");  // a backslash is a backslash
    EXPECT_TRUE(facts_->is_mariadb);
}

TEST_F(MysqlDriver, SaysWhyItCannotConnect) {
    const auto message = [this](auto change) {
        MysqlSettings with = settings();
        change(with);
        open(with);
        RowList rows;
        const Status status = read("SELECT 1", {}, rows);
        EXPECT_FALSE(status);
        EXPECT_EQ(status.error().status(), 503);
        return status.error().message();
    };
    EXPECT_EQ(message([](auto& with) { with.database = "no_such_database"; }),
              "There is no database of this name on the server.");
    EXPECT_EQ(message([](auto& with) { with.password = "wrong"; }),
              "The database refuses the user name or the password.");
    EXPECT_EQ(message([](auto& with) { with.port = 1; }), "The database cannot be reached.");
    EXPECT_EQ(message([](auto& with) { with.host = "no.such.host.invalid"; }),
              "The host of the database is not known.");
    EXPECT_EQ(message([](auto& with) { with.unix_socket = "/no/such/socket"; }),
              "The database cannot be reached.");
    EXPECT_EQ(message([](auto& with) { with.tls = MysqlSettings::Tls::Required; }),
              "The database and the server do not agree on encryption ('sslmode').");
    EXPECT_EQ(message([](auto& with) { with.timezone = "Nowhere/Town"; }),
              "The database does not know the time zone ('timezone').");
}

TEST(MakeMysql, SaysWhatIsWrongWithItsConfiguration) {
    boost::asio::io_context loop(1);
    boost::asio::thread_pool pool(1);
    Shared shared{"", pool, {}, {}};
    const auto message = [&](std::string config) {
        store::ServiceRow row;
        row.config = std::move(config);
        const auto made = make_mysql(row, loop.get_executor(), shared);
        return made ? std::string("fine") : made.error().message();
    };
    EXPECT_THAT(message("{}"), HasSubstr("'database' must name the database"));
    EXPECT_THAT(message(R"({"database":"x","port":70000})"), HasSubstr("'port' must be"));
    EXPECT_THAT(message(R"({"database":"x","sslmode":"verify-ca"})"), HasSubstr("'sslmode' must"));
    EXPECT_THAT(message(R"({"database":"x","timezone":"' OR 1"})"), HasSubstr("'timezone' holds"));
    EXPECT_THAT(message(R"({"database":"x","charset":"latin1"})"), HasSubstr("'charset' must be"));
    EXPECT_THAT(message(R"({"database":"x","statements":"SET x"})"),
                HasSubstr("'statements' must be a list"));
    EXPECT_EQ(message(R"({"database":"x","port":"3306","host":"h","modes":"ANSI,IGNORE_SPACE"})"),
              "fine");
    pool.join();
}

}  // namespace
}  // namespace sluice::services::sql
