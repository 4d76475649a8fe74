#include "services/sql/mysql/driver.h"

#include <gmock/gmock.h>

#include "services/sql/connectors.h"
#include "services/sql/mysql/driver_suite.h"
#include "services/sql/service_kit.h"

namespace sluice::services::sql {
namespace {

using ::testing::HasSubstr;

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

TEST_F(MysqlDriver, ReadsTheTableAgainWhenItHasChanged) {
    RowList rows;
    ASSERT_TRUE(write({insert(1)}));
    ASSERT_TRUE(read("SELECT * FROM t", {}, rows));
    EXPECT_TRUE(is_null(rows.rows()[0][2]));  // there are two
    execute_mysql("ALTER TABLE t ADD COLUMN extra TEXT DEFAULT 'x'", name_);
    rows.reset();
    ASSERT_TRUE(read("SELECT * FROM t", {}, rows));
    EXPECT_EQ(text_of(rows.rows()[0][2]), "x");
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

TEST(MysqlService, ComparesDecimalsOfEveryLength) {
    if (!has_mysql()) {
        GTEST_SKIP() << kNoMysql;
    }
    const auto zeros = [](std::size_t count) { return std::string(count, '0'); };
    const std::string one = "1" + zeros(40);
    const std::string three = "3" + zeros(40);
    ServiceKit kit("mysql",
                   "CREATE TABLE bd (d DECIMAL(65,0), small DECIMAL(38,38));"
                   "INSERT INTO bd VALUES (" +
                       one + ", 0.5), (" + three + ", 0." + zeros(37) + "1)");
    const auto found = [&kit](const std::string& filter) {
        const Answer answer = kit.get("_table/bd", {{"filter", filter}, {"count_only", "true"}});
        return answer.status == 200 ? answer.body : std::to_string(answer.status);
    };
    EXPECT_EQ(found("d > 2" + zeros(40)), "1");
    EXPECT_EQ(found("d > 2e40"), "1");
    EXPECT_EQ(found("d = " + three), "1");
    EXPECT_EQ(found("d IN (" + one + ", 3e40)"), "2");
    EXPECT_EQ(found("d > -9" + zeros(64)), "2");
    EXPECT_EQ(found("d < " + one + ".5"), "1");
    EXPECT_EQ(found("d < 1" + zeros(64)), "2");
    EXPECT_EQ(found("d < 1" + zeros(65)), "400");
    EXPECT_EQ(found("d > -1e65"), "400");
    EXPECT_EQ(found("d > 1e9999"), "400");
    EXPECT_EQ(found("d < 1e-9999"), "400");
    EXPECT_EQ(found("d > 1." + zeros(200)), "2");
    EXPECT_EQ(found("small = 0.5" + zeros(80)), "1");
    EXPECT_EQ(found("small < 0." + zeros(29) + "1"), "1");
    EXPECT_EQ(found("small = 1e-38"), "400");  // MySQL keeps 30 digits after the point
    EXPECT_EQ(kit.send(Verb::Delete, "_table/bd", "", {{"filter", "d > 2" + zeros(40)}}).status,
              200);
    EXPECT_EQ(found("d > 0"), "1");
}

TEST(MakeMysql, SaysWhatIsWrongWithItsConfiguration) {
    boost::asio::io_context loop(1);
    boost::asio::thread_pool pool(1);
    Shared shared{"", pool, {}, {}};
    const auto message = [&](std::string config) {
        store::ServiceRow row;
        row.config = std::move(config);
        const auto made = make_mysql(row, {loop.get_executor(), kNoCalls}, shared);
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
