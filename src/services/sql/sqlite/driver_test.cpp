#include "services/sql/sqlite/driver.h"

#include <filesystem>
#include <fstream>
#include <random>
#include <thread>

#include <sqlite3.h>
#include <unistd.h>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/thread_pool.hpp>
#include <gtest/gtest.h>

#include "services/sql/service_kit.h"

namespace sluice::services::sql {
namespace {

/// Counts to `n` in the database: some 30 million rows take seconds.
constexpr auto kCountTo =
    "WITH RECURSIVE c(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM c WHERE n < ?) "
    "SELECT COUNT(*) FROM c";

constexpr auto kPatience = std::chrono::milliseconds(300);

class SqliteDriver : public ::testing::Test {
protected:
    SqliteDriver()
        : folder_(std::filesystem::temp_directory_path() /
                  ("sluice_driver_" + std::to_string(std::random_device()()))) {
        std::filesystem::create_directories(folder_);
        SqliteSettings settings;
        settings.path = folder_ / "test.db";
        settings.creates = true;
        settings.busy_timeout = std::chrono::milliseconds(300);
        file_ = *files_.open(settings, settings.busy_timeout);
        database_ = std::make_unique<SqliteDatabase>(files_, settings, loop_.get_executor(), pool_);
        execute("CREATE TABLE t (id INTEGER PRIMARY KEY, n INTEGER UNIQUE)");
    }
    ~SqliteDriver() override {
        database_.reset();
        file_.reset();
        pool_.join();
        std::filesystem::remove_all(folder_);
    }

    void execute(const std::string& sql) {
        sqlite3* handle = nullptr;
        sqlite3_open((folder_ / "test.db").c_str(), &handle);
        sqlite3_busy_timeout(handle, 2000);
        EXPECT_EQ(sqlite3_exec(handle, sql.c_str(), nullptr, nullptr, nullptr), SQLITE_OK);
        sqlite3_close(handle);
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

    static Write insert(std::int64_t n) {
        Write write;
        write.statement = {"INSERT INTO t (n) VALUES (?) RETURNING id", {Value(n)}};
        write.shape =
            std::make_shared<RowShape>(RowShape{nullptr, {{",\"id\":", Kind::Integer}}, {}});
        return write;
    }

    Status read(const std::string& sql,
                std::vector<Value> values,
                RowList& rows,
                Deadline deadline = Deadline::after(std::chrono::seconds(20))) {
        const Statement statement{sql, std::move(values)};
        return run(database_->read(statement, rows, deadline));
    }
    std::int64_t count() {
        RowList rows;
        EXPECT_TRUE(read("SELECT COUNT(*) FROM t", {}, rows));
        return integer_of(rows.rows()[0][0]);
    }

    std::filesystem::path folder_;
    boost::asio::io_context loop_{1};
    boost::asio::thread_pool pool_{2};
    SqliteFiles files_;
    std::shared_ptr<SqliteFile> file_;
    std::unique_ptr<SqliteDatabase> database_;
};

TEST_F(SqliteDriver, SharesOneWriterPerFile) {
    SqliteSettings settings = file_->settings();
    settings.path = folder_ / "." / "test.db";
    EXPECT_EQ(*files_.open(settings, kPatience), file_);
    settings.path = folder_ / "missing" / "test.db";
    const auto missing = files_.open(settings, kPatience);
    ASSERT_FALSE(missing);
    EXPECT_EQ(missing.error().kind(), ErrorKind::ServiceUnavailable);
    EXPECT_EQ(missing.error().message().find("missing/test.db"), std::string::npos);
}

TEST_F(SqliteDriver, OtherSettingsHaveAWriterOfTheirOwn) {
    SqliteSettings settings = file_->settings();
    EXPECT_EQ(*files_.open(settings, kPatience), file_);
    settings.statements = {"PRAGMA recursive_triggers = ON"};
    const auto other = *files_.open(settings, kPatience);
    EXPECT_NE(other, file_);
    EXPECT_EQ(*files_.open(settings, kPatience), other);
    // What one of them does to tables the other must know.
    EXPECT_EQ(&other->schema_epoch(), &file_->schema_epoch());
}

TEST_F(SqliteDriver, ServesWhatWaitsBeforeItStopsAndNothingAfter) {
    const auto write = [this](std::int64_t n) {
        Writes writes;
        writes.writes.push_back(insert(n));
        return run(database_->write(std::move(writes), Deadline::after(std::chrono::seconds(5))));
    };
    EXPECT_TRUE(write(1));
    files_.stop();
    files_.stop();
    const auto late = write(2);
    ASSERT_FALSE(late);
    EXPECT_EQ(late.error().kind(), ErrorKind::ServiceUnavailable);
}

Task<void> keep_status(ServiceRef service, const Call& call, int& status) {
    const auto response = co_await service->handle(call);
    status = response ? response->status : response.error().status();
}

int status_of_list(boost::asio::io_context& loop, const ServiceRef& service) {
    const Call call = call_of({.resource = "_table"});
    int status = 0;
    boost::asio::co_spawn(loop, keep_status(service, call, status), boost::asio::detached);
    loop.restart();
    loop.run();
    return status;
}

TEST(MakeSqlite, CreatesMissingFilesWhenToldToAndInTheDataFolderOnly) {
    const auto folder = std::filesystem::temp_directory_path() /
                        ("sluice_missing_" + std::to_string(std::random_device()()));
    std::filesystem::create_directories(folder / "data");
    boost::asio::io_context loop(1);
    boost::asio::thread_pool pool(1);
    Shared shared{folder / "data", pool, {}, {}};
    const auto status = [&](const std::string& database, const std::string& more = "") {
        store::ServiceRow row;
        row.config = R"({"database":")" + database + "\"" + more + "}";
        const auto made = make_sqlite(row, {loop.get_executor(), kNoCalls}, shared);
        return made ? status_of_list(loop, *made) : made.error().status();
    };
    const std::string create = R"(,"create":true)";
    EXPECT_EQ(status("new.db"), 503);
    EXPECT_EQ(status("new.db", R"(,"create":false)"), 503);
    EXPECT_FALSE(std::filesystem::exists(folder / "data" / "new.db"));
    EXPECT_EQ(status("new.db", create), 200);
    EXPECT_TRUE(std::filesystem::exists(folder / "data" / "new.db"));
    EXPECT_EQ(status((folder / "gone.db").string()), 503);
    EXPECT_EQ(status("../gone.db"), 503);
    EXPECT_EQ(status("x/../../gone.db", create), 400);
    EXPECT_EQ(status((folder / "gone.db").string(), create), 400);
    EXPECT_FALSE(std::filesystem::exists(folder / "gone.db"));
    EXPECT_EQ(status((folder / "data" / "new.db").string()), 200);
    pool.join();
    std::filesystem::remove_all(folder);
}

TEST_F(SqliteDriver, ALockedFileIsWaitedForOffTheShard) {
    SqliteSettings settings = file_->settings();
    settings.path = folder_ / "locked.db";
    settings.creates = true;
    sqlite3* holder = nullptr;
    sqlite3_open(settings.path.c_str(), &holder);
    sqlite3_exec(holder, "CREATE TABLE l (id)", nullptr, nullptr, nullptr);
    ASSERT_EQ(sqlite3_exec(holder, "BEGIN EXCLUSIVE", nullptr, nullptr, nullptr), SQLITE_OK);
    SqliteDatabase locked(files_, settings, loop_.get_executor(), pool_);
    const Statement statement{"SELECT COUNT(*) FROM l", {}};
    const auto ask = [&](Deadline deadline) {
        RowList rows;
        return run(locked.read(statement, rows, deadline));
    };
    const auto start = Deadline::Clock::now();
    const Status hasty = ask(Deadline::after(std::chrono::milliseconds(50)));
    ASSERT_FALSE(hasty);
    EXPECT_EQ(hasty.error().kind(), ErrorKind::UpstreamTimeout);
    const Status busy = ask(Deadline::after(std::chrono::seconds(20)));
    ASSERT_FALSE(busy);
    EXPECT_EQ(busy.error().kind(), ErrorKind::ServiceUnavailable);
    EXPECT_EQ(busy.error().message(), "The database file cannot be used: The database is busy.");
    EXPECT_GE(Deadline::Clock::now() - start, settings.busy_timeout);
    // The next ones do not wait for the same again.
    const auto again = Deadline::Clock::now();
    EXPECT_FALSE(ask(Deadline::after(std::chrono::seconds(20))));
    EXPECT_LT(Deadline::Clock::now() - again, settings.busy_timeout);
    sqlite3_exec(holder, "ROLLBACK", nullptr, nullptr, nullptr);
    sqlite3_close(holder);
    std::this_thread::sleep_for(std::chrono::milliseconds(600));
    EXPECT_TRUE(ask(Deadline::after(std::chrono::seconds(20))));
}

TEST_F(SqliteDriver, DurablyKeepsWhatItAcknowledges) {
    int version = 0;
    for (const char* pragma : {"PRAGMA synchronous", "PRAGMA foreign_keys"}) {
        RowList rows;
        ASSERT_TRUE(read(pragma, {}, rows));
        version += static_cast<int>(integer_of(rows.rows()[0][0]));
    }
    EXPECT_EQ(version, 3);  // FULL is 2, foreign keys on is 1
    RowList mode;
    ASSERT_TRUE(read("PRAGMA journal_mode", {}, mode));
    EXPECT_EQ(text_of(mode.rows()[0][0]), "wal");
}

TEST_F(SqliteDriver, RefusesToWriteThroughAReader) {
    RowList rows;
    EXPECT_FALSE(read("INSERT INTO t (n) VALUES (1)", {}, rows));
    EXPECT_EQ(count(), 0);
}

/// One write of many that run at once.
Task<void> write_one(SqliteDatabase& database, Write write, int& good, int& bad) {
    Writes writes;
    writes.writes.push_back(std::move(write));
    auto written = co_await database.write(std::move(writes), Deadline());
    const bool is_good = written && written->front();
    good += is_good ? 1 : 0;
    bad += is_good ? 0 : 1;
}

TEST_F(SqliteDriver, CommitsWaitingWritesTogetherAndAFailingOneFailsAlone) {
    int good = 0;
    int bad = 0;
    const auto start = Deadline::Clock::now();
    for (int i = 0; i < 500; ++i) {  // every fifth repeats a number
        boost::asio::co_spawn(loop_, write_one(*database_, insert(i % 5 == 4 ? 0 : i), good, bad),
                              boost::asio::detached);
    }
    loop_.restart();
    loop_.run();
    EXPECT_EQ(good, 400);
    EXPECT_EQ(bad, 100);
    EXPECT_EQ(count(), 400);
    // One sync each would take far longer on any disk that syncs at all.
    EXPECT_LT(Deadline::Clock::now() - start, std::chrono::seconds(20));
}

TEST_F(SqliteDriver, MovesASlowReadToThePoolAndRemembersIt) {
    RowList rows;
    bool ticked = false;
    boost::asio::steady_timer timer(loop_, std::chrono::milliseconds(20));
    timer.async_wait([&](auto) { ticked = true; });
    ASSERT_TRUE(read(kCountTo, {Value(std::int64_t{3'000'000})}, rows));
    EXPECT_EQ(integer_of(rows.rows()[0][0]), 3'000'000);
    EXPECT_TRUE(ticked);  // the shard went on meanwhile
    rows.reset();
    ASSERT_TRUE(read(kCountTo, {Value(std::int64_t{3})}, rows));
    EXPECT_EQ(integer_of(rows.rows()[0][0]), 3);
}

TEST_F(SqliteDriver, InterruptsAReadAtItsDeadline) {
    RowList rows;
    const auto start = Deadline::Clock::now();
    const Status status = read(kCountTo, {Value(std::int64_t{1'000'000'000})}, rows,
                               Deadline::after(std::chrono::milliseconds(100)));
    ASSERT_FALSE(status);
    EXPECT_EQ(status.error().status(), 504);
    EXPECT_LT(Deadline::Clock::now() - start, std::chrono::seconds(2));
}

TEST_F(SqliteDriver, InterruptsAWriteAtItsDeadlineAndKeepsTheOthers) {
    int good = 0;
    int bad = 0;
    Writes heavy;
    heavy.writes.push_back(insert(1));
    heavy.writes.front().statement = {
        std::string("INSERT INTO t (n) SELECT 1000 + (") + kCountTo + ") RETURNING id",
        {Value(std::int64_t{1'000'000'000})}};
    for (int i = 0; i < 20; ++i) {
        boost::asio::co_spawn(loop_, write_one(*database_, insert(i), good, bad),
                              boost::asio::detached);
    }
    const auto written =
        run(database_->write(std::move(heavy), Deadline::after(std::chrono::milliseconds(200))));
    const Error* error = !written ? &written.error() : &written->front().error();
    EXPECT_EQ(error->status(), 504);
    loop_.restart();
    loop_.run();
    EXPECT_EQ(good, 20);
    EXPECT_EQ(bad, 0);
    EXPECT_EQ(count(), 20);
}

TEST_F(SqliteDriver, SaysThatAnotherProcessHoldsTheDatabase) {
    sqlite3* other = nullptr;
    sqlite3_open((folder_ / "test.db").c_str(), &other);
    ASSERT_EQ(sqlite3_exec(other, "BEGIN IMMEDIATE", nullptr, nullptr, nullptr), SQLITE_OK);
    Writes writes;
    writes.writes.push_back(insert(1));
    const auto written = run(database_->write(std::move(writes), Deadline()));
    sqlite3_close(other);
    ASSERT_FALSE(written);
    EXPECT_EQ(written.error().kind(), ErrorKind::ServiceUnavailable);
    EXPECT_EQ(written.error().message(), "The database is busy.");
}

Task<bool> in_transaction(SqliteDatabase& database, Write write, bool commits, std::int64_t& seen) {
    auto transaction =
        co_await database.begin(Deadline::after(std::chrono::seconds(5)), Deadline());
    if (!transaction) {
        co_return false;
    }
    Writes writes;
    writes.writes.push_back(std::move(write));
    const auto written = co_await (*transaction)->write(std::move(writes), Deadline());
    RowList rows;
    const Statement count{"SELECT COUNT(*) FROM t", {}};
    const Status status = co_await (*transaction)->read(count, rows, Deadline());
    seen = status ? integer_of(rows.rows()[0][0]) : -1;
    if (commits) {
        const Status committed = co_await (*transaction)->commit(Deadline());
        co_return committed.has_value();
    }
    co_return written.has_value();  // destroyed: rolled back
}

TEST_F(SqliteDriver, KeepsATransactionApartUntilItsCommit) {
    std::int64_t seen = 0;
    EXPECT_TRUE(run(in_transaction(*database_, insert(1), true, seen)));
    EXPECT_EQ(seen, 1);
    EXPECT_TRUE(run(in_transaction(*database_, insert(2), false, seen)));
    EXPECT_EQ(seen, 2);
    int good = 0;
    int bad = 0;
    boost::asio::co_spawn(loop_, write_one(*database_, insert(3), good, bad),
                          boost::asio::detached);
    loop_.restart();
    loop_.run();
    EXPECT_EQ(good, 1);
    EXPECT_EQ(count(), 2);
}

Task<Result<std::unique_ptr<Transaction>>> begin_for(SqliteDatabase& database, int milliseconds) {
    co_return co_await database.begin(Deadline::after(std::chrono::milliseconds(milliseconds)),
                                      Deadline::after(std::chrono::milliseconds(milliseconds)));
}

TEST_F(SqliteDriver, EndsATransactionThatIsForgottenAtItsDeadline) {
    auto transaction = run(begin_for(*database_, 100));
    ASSERT_TRUE(transaction);
    Writes writes;
    writes.writes.push_back(insert(1));
    EXPECT_TRUE(run(database_->write(std::move(writes), Deadline())));  // waits for its end
    const Status late = run((*transaction)->commit(Deadline()));
    ASSERT_FALSE(late);
    EXPECT_EQ(late.error().status(), 504);
    EXPECT_EQ(count(), 1);
}

TEST_F(SqliteDriver, KeepsOnlySoManyStatements) {
    for (int i = 0; i < 600; ++i) {
        RowList rows;
        ASSERT_TRUE(read("SELECT " + std::to_string(i), {}, rows));
        EXPECT_EQ(integer_of(rows.rows()[0][0]), i);
    }
}

TEST(SqliteWriter, ServesTwoShardsAtOnce) {
    ServiceKit kit("sqlite", "CREATE TABLE t (id INTEGER PRIMARY KEY, n INTEGER)");
    const auto work = [&kit](boost::asio::io_context& loop) {
        auto service = *kit.make_again(loop);
        const Call call = call_of(
            {.verb = Verb::Post, .resource = "_table/t", .content = R"([{"n":1},{"n":2}])"});
        int done = 0;
        for (int i = 0; i < 50; ++i) {
            boost::asio::co_spawn(loop, service->handle(call),
                                  [&done](std::exception_ptr, Result<Response> response) {
                                      done += response ? 1 : 0;
                                  });
        }
        loop.run();
        return done;
    };
    boost::asio::io_context first(1);
    boost::asio::io_context second(1);
    int done_elsewhere = 0;
    std::thread other([&] { done_elsewhere = work(second); });
    const int done = work(first);
    other.join();
    EXPECT_EQ(done + done_elsewhere, 100);
    EXPECT_EQ(kit.get("_table/t", {{"count_only", "1"}}).body, "200");
}

TEST(MakeSqlite, SaysWhatIsWrongWithItsConfiguration) {
    boost::asio::io_context loop(1);
    boost::asio::thread_pool pool(1);
    Shared shared{std::filesystem::temp_directory_path(), pool, {}, {}};
    const auto message = [&](std::string config) {
        store::ServiceRow row;
        row.name = "db";
        row.config = std::move(config);
        const auto made = make_sqlite(row, {loop.get_executor(), kNoCalls}, shared);
        return made ? std::string("fine") : made.error().message();
    };
    EXPECT_EQ(message("{}"),
              "The configuration field 'database' must name the file of the database.");
    EXPECT_EQ(message(R"({"database":":memory:"})"),
              "The configuration field 'database' must be the path of a file.");
    EXPECT_EQ(message(R"({"database":"x","max_records":0})"),
              "The configuration field 'max_records' must be at least 1.");
    EXPECT_EQ(message("[]"), "The configuration of service 'db' must be an object.");
    pool.join();
}

TEST(MakeSqlite, ServersOwnDatabaseIsNoService) {
    const auto folder = std::filesystem::temp_directory_path() /
                        ("sluice_own_database_" + std::to_string(getpid()));
    std::filesystem::create_directories(folder);
    std::ofstream(folder / "system.sqlite") << "";
    std::filesystem::create_symlink(folder / "system.sqlite", folder / "link.sqlite");
    boost::asio::io_context loop(1);
    boost::asio::thread_pool pool(1);
    Shared shared{folder, pool, {}, {}, folder / "system.sqlite"};
    for (const std::string name : {"system.sqlite", "./system.sqlite", "link.sqlite"}) {
        store::ServiceRow row;
        row.name = "db";
        row.config = R"({"database":")" + name + "\"}";
        const auto made = make_sqlite(row, {loop.get_executor(), kNoCalls}, shared);
        ASSERT_FALSE(made) << name;
        EXPECT_NE(made.error().message().find("the server's own database"), std::string::npos);
    }
    pool.join();
    std::filesystem::remove_all(folder);
}

}  // namespace
}  // namespace sluice::services::sql
