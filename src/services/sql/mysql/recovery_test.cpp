/// What becomes of calls when they wait, fail together, or lose their connection.

#include <thread>

#include "services/sql/mysql/driver_suite.h"

namespace sluice::services::sql {
namespace {

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
    open(settings(), 2);
    const auto begin = [this](milliseconds time) {
        return run(database_->begin(Deadline::after(time), Deadline()));
    };
    auto held = begin(milliseconds(5000));
    ASSERT_TRUE(held);
    const auto second = begin(milliseconds(100));
    ASSERT_FALSE(second);
    EXPECT_EQ(second.error().kind(), ErrorKind::ServiceUnavailable);
    RowList rows;
    EXPECT_TRUE(read("SELECT 1", {}, rows));  // one is kept for those
    held->reset();
    EXPECT_TRUE(begin(milliseconds(5000)));
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
    auto transaction =
        co_await database.begin(Deadline::after(std::chrono::seconds(5)), Deadline());
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
    auto transaction = co_await database.begin(Deadline(), Deadline());
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

/// A change that is undone alone when it fails.
Write guarded_update(std::int64_t n) {
    Write write;
    write.statement = {"UPDATE t SET id = id + 1000 WHERE n = ?", {Value(n)}};
    write.reread.emplace();
    write.shape = std::make_shared<RowShape>();
    return write;
}

TEST_F(MysqlDriver, TellsADeadlockInTheMiddleOfABatch) {
    ASSERT_TRUE(write({insert(1), insert(2)}));
    for (const BatchMode mode : {BatchMode::Continue, BatchMode::Stop, BatchMode::Rollback}) {
        std::thread other([this] {
            // What changed more is not the one that the server gives up.
            execute_mysql(
                "START TRANSACTION; UPDATE t SET id = id + 100 WHERE n = 2;"
                "INSERT INTO t (n) SELECT 1000 + seq FROM seq_1_to_500; DO SLEEP(1);"
                "UPDATE t SET id = id + 100 WHERE n = 1; ROLLBACK",
                name_);
        });
        std::this_thread::sleep_for(milliseconds(400));
        const auto written = write({guarded_update(1), guarded_update(2), guarded_update(3)}, mode);
        other.join();
        ASSERT_FALSE(written);
        EXPECT_EQ(written.error().message(), "Another change was in the way; try again.");
        EXPECT_EQ(written.error().status(), 503);
        EXPECT_EQ(count(), 2);
    }
}

TEST_F(MysqlDriver, KeepsTheFirstErrorWhenItCannotTidyUp) {
    // The change ends the transaction, and with it the savepoint to return to.
    Write ends = guarded_update(1);
    ends.statement = {"CALL ends()", {}};
    execute_mysql(
        "CREATE PROCEDURE ends() BEGIN COMMIT; SIGNAL SQLSTATE '45000' "
        "SET MESSAGE_TEXT = 'the first error'; END",
        name_);
    const auto written = write({ends, guarded_update(2)}, BatchMode::Continue);
    ASSERT_FALSE(written);
    EXPECT_EQ(written.error().message(), "the first error");
    EXPECT_EQ(count(), 0);
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

}  // namespace
}  // namespace sluice::services::sql
