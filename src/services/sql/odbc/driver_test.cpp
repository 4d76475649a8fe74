#include "services/sql/odbc/driver.h"

#include <gmock/gmock.h>

#include "services/sql/odbc/driver_suite.h"

namespace sluice::services::sql {
namespace {

using ::testing::HasSubstr;

TEST_F(OdbcDriver, BindsAndReadsEveryKindOfValue) {
    execute("CREATE TABLE v (i BIGINT, b BIT, r DOUBLE, s TEXT, w TEXT, y BLOB, z TEXT)");
    Write one;
    one.statement = {"INSERT INTO v VALUES (?, ?, ?, ?, ?, ?, ?)",
                     {Value(std::int64_t{INT64_MIN}), Value(true), Value(Number{"1e300"}),
                      Value(std::string("it's")), Value(std::string("日本😀")),
                      Value(Bytes{std::string("\0\xff", 2)}), Value(Null{})}};
    one.shape = std::make_shared<RowShape>();
    std::vector<Write> writes;
    writes.push_back(std::move(one));
    const auto written = write(std::move(writes));
    ASSERT_TRUE(written && written->front());
    RowList rows;
    ASSERT_TRUE(read("SELECT * FROM v", {}, rows));
    ASSERT_EQ(rows.rows().size(), 1U);
    const RowList::Row& row = rows.rows()[0];
    EXPECT_EQ(integer_of(row[0]), INT64_MIN);
    EXPECT_EQ(integer_of(row[1]), 1);
    EXPECT_EQ(text_of(row[3]), "it's");
    EXPECT_EQ(text_of(row[4]), "日本😀");
    EXPECT_EQ(row[5], Value(Bytes{std::string("\0\xff", 2)}));
    EXPECT_TRUE(is_null(row[6]));
    EXPECT_THAT(facts_.product, HasSubstr("SQLite"));
}

TEST_F(OdbcDriver, ReadsTextsOfEveryLengthInPieces) {
    for (const std::size_t length : {0UL, 1UL, 4095UL, 4096UL, 4097UL, 8192UL, 100'000UL}) {
        const std::string plain(length, 'x');
        EXPECT_EQ(text_of(value_of("SELECT ?", {Value(plain)})), plain) << length;
        std::string wide;
        for (std::size_t i = 0; i < length / 4; ++i) {
            wide += "😀";
        }
        EXPECT_EQ(text_of(value_of("SELECT ?", {Value(wide)})), wide) << length;
    }
}

TEST_F(OdbcDriver, TakesNoMoreBytesThanTheSinkDoes) {
    const RowShape shape{nullptr, {{",\"a\":", Kind::Text}}, {}};
    JsonRows rows(shape, 50'000);
    const Status status = read("SELECT ?", {Value(std::string(100'000, 'x'))}, rows);
    ASSERT_FALSE(status);
    EXPECT_EQ(status.error().message(), too_large(50'000).message());
    EXPECT_EQ(count(), 0);
}

TEST_F(OdbcDriver, StopsAtTheDeadlineAndDelaysNobodyElse) {
    const auto begin = std::chrono::steady_clock::now();
    RowList slow;
    RowList quick;
    const Statement slow_one{kSlow, {}};
    const Statement quick_one{"SELECT 1", {}};
    std::optional<Status> slow_status;
    std::optional<Status> quick_status;
    boost::asio::co_spawn(loop_,
                          database_->read(slow_one, slow, Deadline::after(milliseconds(300))),
                          [&](std::exception_ptr, Status status) { slow_status = status; });
    boost::asio::co_spawn(loop_, database_->read(quick_one, quick, Deadline::after(seconds(20))),
                          [&](std::exception_ptr, Status status) { quick_status = status; });
    while (!quick_status) {
        loop_.run_one();
    }
    EXPECT_TRUE(*quick_status);
    EXPECT_FALSE(slow_status);
    while (!slow_status) {
        loop_.run_one();
    }
    ASSERT_FALSE(*slow_status);
    EXPECT_EQ(slow_status->error().kind(), ErrorKind::UpstreamTimeout);
    EXPECT_LT(std::chrono::steady_clock::now() - begin, seconds(15));
    EXPECT_EQ(count(), 0);
}

TEST_F(OdbcDriver, WaitsForAConnectionNoLongerThanTheCall) {
    open(settings(), 1);
    RowList slow;
    const Statement slow_one{kSlow, {}};
    std::optional<Status> slow_status;
    boost::asio::co_spawn(loop_,
                          database_->read(slow_one, slow, Deadline::after(milliseconds(500))),
                          [&](std::exception_ptr, Status status) { slow_status = status; });
    RowList rows;
    const Status status = read("SELECT 1", {}, rows, Deadline::after(milliseconds(50)));
    ASSERT_FALSE(status);
    EXPECT_EQ(status.error().kind(), ErrorKind::ServiceUnavailable);
    while (!slow_status) {
        loop_.run_one();
    }
}

TEST_F(OdbcDriver, LeavesAConnectionToOthersThanTransactions) {
    open(settings(), 2);
    const auto held = run(database_->begin(Deadline::after(seconds(5)), Deadline()));
    ASSERT_TRUE(held);
    const auto another = run(database_->begin(Deadline::after(milliseconds(50)), Deadline()));
    ASSERT_FALSE(another);
    EXPECT_EQ(another.error().kind(), ErrorKind::ServiceUnavailable);
    EXPECT_EQ(count(), 0);
    open(settings(), 1);
    const auto none = run(database_->begin(Deadline::after(seconds(5)), Deadline()));
    ASSERT_FALSE(none);
    EXPECT_THAT(none.error().message(), HasSubstr("max_connections"));
}

TEST_F(OdbcDriver, KeepsATransactionApartUntilItsCommit) {
    auto held = run(database_->begin(Deadline::after(seconds(5)), Deadline()));
    ASSERT_TRUE(held);
    Writes writes;
    writes.writes.push_back(insert(1));
    ASSERT_TRUE(run((*held)->write(std::move(writes), Deadline::after(seconds(5)))));
    EXPECT_EQ(count(), 0);
    ASSERT_TRUE(run((*held)->commit(Deadline::after(seconds(5)))));
    EXPECT_EQ(count(), 1);
    auto dropped = run(database_->begin(Deadline::after(seconds(5)), Deadline()));
    Writes more;
    more.writes.push_back(insert(2));
    ASSERT_TRUE(run((*dropped)->write(std::move(more), Deadline::after(seconds(5)))));
    dropped->reset();
    EXPECT_EQ(count(), 1);
}

TEST_F(OdbcDriver, BatchesKeepWhatTheirModeSays) {
    const auto batch = [this](BatchMode mode, std::int64_t from) {
        std::vector<Write> writes;
        writes.push_back(insert(from));
        writes.push_back(insert(from));
        writes.push_back(insert(from + 1));
        return write(std::move(writes), mode);
    };
    const auto stopped = batch(BatchMode::Stop, 1);
    ASSERT_TRUE(stopped);
    ASSERT_EQ(stopped->size(), 2U);
    EXPECT_EQ((*stopped)[1].error().kind(), ErrorKind::Conflict);
    EXPECT_EQ((*stopped)[1].error().message(),
              "A record with the same value of 't.n' exists already.");
    EXPECT_EQ(count(), 1);
    const auto continued = batch(BatchMode::Continue, 10);
    ASSERT_TRUE(continued);
    ASSERT_EQ(continued->size(), 3U);
    EXPECT_TRUE((*continued)[2]);
    EXPECT_EQ(count(), 3);
    const auto undone = batch(BatchMode::Rollback, 20);
    ASSERT_TRUE(undone);
    EXPECT_EQ(count(), 3);
}

TEST_F(OdbcDriver, SaysWhichPackageADriverIsIn) {
    OdbcSettings missing = settings();
    missing.driver = "NotThere";
    open(missing);
    RowList rows;
    const Status status = read("SELECT 1", {}, rows);
    ASSERT_FALSE(status);
    EXPECT_EQ(status.error().kind(), ErrorKind::ServiceUnavailable);
    EXPECT_THAT(status.error().message(),
                HasSubstr("The ODBC driver 'NotThere' is not registered"));
}

TEST_F(OdbcDriver, RefusesAStatementOfTheConfigurationThatFails) {
    OdbcSettings broken = settings();
    broken.statements = {"SELEKT secret"};
    open(broken);
    RowList rows;
    const Status status = read("SELECT 1", {}, rows);
    ASSERT_FALSE(status);
    EXPECT_THAT(status.error().message(), ::testing::Not(HasSubstr("secret")));
}

TEST_F(OdbcDriver, GoesAwayWithWorkUnderWay) {
    RowList rows;
    const Statement slow_one{kSlow, {}};
    const auto status = run(database_->read(slow_one, rows, Deadline::after(milliseconds(50))));
    ASSERT_FALSE(status);
    database_.reset();
}

}  // namespace
}  // namespace sluice::services::sql
