#include "services/sql/odbc/error.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "services/sql/odbc/flavor.h"
#include "services/sql/odbc/postgres_report.h"
#include "services/sql/odbc/sqlserver_error.h"

namespace sluice::services::sql {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

std::string shown(const Error& error) {
    return std::to_string(static_cast<int>(error.status())) + " " + error.message();
}

TEST(OdbcError, SaysWhatSqlServerSaysByItsNumbers) {
    const auto said = [](const char* state, int number, std::string message) {
        return shown(from_sqlserver({state, number, std::move(message)}));
    };
    EXPECT_EQ(said("23000", 2627,
                   "Violation of UNIQUE KEY constraint 'UQ_contact_email'. Cannot insert duplicate "
                   "key in object 'dbo.contact'. The duplicate key value is (x'y)."),
              "409 A record with the same value of 'UQ_contact_email' exists already.");
    EXPECT_EQ(
        said("23000", 2601,
             "Cannot insert duplicate key row in object 'dbo.t' with unique index 'IX_t'. The "
             "duplicate key value is (secret)."),
        "409 A record with the same value of 'IX_t' exists already.");
    EXPECT_EQ(said("23000", 547,
                   "The INSERT statement conflicted with the FOREIGN KEY constraint \"FK_a\". The "
                   "conflict occurred in database \"d\", table \"dbo.b\", column 'id'."),
              "400 A record that this one refers to does not exist.");
    EXPECT_EQ(said("23000", 547,
                   "The DELETE statement conflicted with the REFERENCE constraint \"FK_a\". The "
                   "conflict occurred in database \"d\", table \"dbo.b\", column 'a_id'."),
              "409 Other records still refer to it.");
    EXPECT_EQ(said("23000", 547,
                   "The INSERT statement conflicted with the CHECK constraint \"CK_age\". The "
                   "conflict occurred in database \"d\", table \"dbo.b\", column 'age'."),
              "400 The check 'CK_age' refuses the record.");
    EXPECT_EQ(said("23000", 515,
                   "Cannot insert the value NULL into column 'name', table 'd.dbo.t'; column does "
                   "not allow nulls. INSERT fails."),
              "400 Field 'name' can not be NULL.");
    EXPECT_EQ(said("22001", 2628,
                   "String or binary data would be truncated in table 'd.dbo.t', column 'name'. "
                   "Truncated value: 'secret'."),
              "400 A value is too long for field 'name'.");
    EXPECT_EQ(said("40001", 1205, "Transaction (Process ID 60) was deadlocked"),
              "503 Another change was in the way; try again.");
    EXPECT_EQ(said("42000", 229, "The SELECT permission was denied on the object 't'"),
              "403 The database does not allow this to its user.");
    EXPECT_EQ(said("42000", 50001, "Not on Sundays."), "400 Not on Sundays.");
    EXPECT_EQ(said("HYT00", 0, "Timeout expired"), "504 The database did not answer in time.");
    EXPECT_EQ(said("08S01", 20006, "Write to the server failed"), "503 The database went away.");
    EXPECT_EQ(said("42000", 102, "Incorrect syntax near 'secret'."),
              "500 The database refused the statement.");
    EXPECT_TRUE(ends_in_sqlserver({"40001", 1205, ""}));
    EXPECT_FALSE(ends_in_sqlserver({"23000", 2627, ""}));
}

TEST(OdbcError, ReadsThePartsOfPostgresBack) {
    const OdbcReport duplicate{
        "23505", 1,
        "ERROR: duplicate key value violates unique constraint \"t_v_key\"\nDETAIL: Key (v)=(x) "
        "already exists.;\nError while executing the query"};
    const PostgresReport parts = postgres_report(duplicate);
    EXPECT_EQ(parts.message, "duplicate key value violates unique constraint \"t_v_key\"");
    EXPECT_EQ(parts.detail, "Key (v)=(x) already exists.");
    EXPECT_EQ(parts.constraint, "t_v_key");
    EXPECT_EQ(shown(from_postgres_odbc(
                  {"23502", 1,
                   "ERROR: null value in column \"name\" of relation \"t\" violates not-null "
                   "constraint\nDETAIL: Failing row contains (1, null).;\nError while executing "
                   "the query"})),
              "400 Field 'name' can not be NULL.");
    EXPECT_EQ(shown(from_postgres_odbc({"57014", 1, "ERROR: canceling statement"})),
              "504 The database did not answer in time.");
}

TEST(OdbcError, TellsByStateWhatIsNotKnownByNumber) {
    EXPECT_EQ(shown(from_odbc({"23505", 0, "x"})),
              "409 A record with the same key exists already.");
    EXPECT_EQ(shown(from_odbc({"22003", 0, "x"})),
              "400 A number is out of the range of its field.");
    EXPECT_EQ(shown(from_odbc({"42S22", 207, "Invalid column name 'secret'"})),
              "500 The database refused the statement.");
    EXPECT_TRUE(is_lost({"08S01", 0, ""}));
    EXPECT_TRUE(is_lost({"", 0, ""}));
    EXPECT_FALSE(is_lost({"HY000", 0, ""}));
}

TEST(OdbcError, SaysWhyItCannotConnect) {
    const auto said = [](OdbcReport report, std::string_view driver = "FreeTDS") {
        return from_failed_connect(report, driver).message();
    };
    EXPECT_EQ(said({"01000", 0, "Can't open lib 'FreeTDS' : file not found"}),
              "The ODBC driver 'FreeTDS' is not registered on this machine; on Debian, install the "
              "package 'tdsodbc'.");
    EXPECT_EQ(
        said({"IM002", 0, "Data source name not found"}, "Other"),
        "The ODBC driver 'Other' is not registered on this machine; see what 'odbcinst -q -d' "
        "lists.");
    EXPECT_EQ(said({"28000", 18456, "Login failed for user 'secret'."}),
              "The database refuses the user name or the password.");
    EXPECT_EQ(said({"42000", 4060, "Cannot open database \"x\" requested by the login."}),
              "There is no database of this name on the server, or it does not let this user in.");
    EXPECT_EQ(said({"08001", 20009, "Unable to connect to data source"}),
              "The database cannot be reached.");
}

TEST(OdbcError, OriginsAreNoPartOfAMessage) {
    EXPECT_EQ(without_origin("[FreeTDS][SQL Server]Login failed"), "Login failed");
    EXPECT_EQ(without_origin("[unixODBC] [x] y"), "y");
    EXPECT_EQ(without_origin("plain [x]"), "plain [x]");
    EXPECT_EQ(without_origin("[open"), "[open");
}

TEST(OdbcFlavors, EachIsWhole) {
    for (const char* name : {"sqlserver", "postgres", "mysql", "sqlite"}) {
        const OdbcFlavor* flavor = find_flavor(name);
        ASSERT_NE(flavor, nullptr) << name;
        EXPECT_NE(flavor->error_of, nullptr);
        EXPECT_NE(flavor->ends_transaction, nullptr);
        EXPECT_NE(flavor->broke_nameless_reference, nullptr);
        EXPECT_FALSE(flavor->words.begin.empty());
    }
    EXPECT_EQ(find_flavor("oracle"), nullptr);
    EXPECT_EQ(flavor_names(), "sqlserver, postgres, mysql, sqlite");
}

}  // namespace
}  // namespace sluice::services::sql
