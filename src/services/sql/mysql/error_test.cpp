#include "services/sql/mysql/error.h"

#include <gtest/gtest.h>

namespace sluice::services::sql {
namespace {

std::string shown(MysqlReport report) {
    const Error error = from_mysql(report);
    return std::to_string(error.status()) + " " + error.message();
}

TEST(FromMysql, NamesWhatTheServerNames) {
    EXPECT_EQ(shown({1062, "23000", "Duplicate entry 'x' for key 'email'"}),
              "409 A record with the same value of 'email' exists already.");
    EXPECT_EQ(shown({1062, "23000", "Duplicate entry 'for key 'a'' for key 'contact.email'"}),
              "409 A record with the same value of 'contact.email' exists already.");
    EXPECT_EQ(shown({1586, "23000", "something else"}),
              "409 A record with the same key exists already.");
    EXPECT_EQ(shown({1048, "23000", "Column 'name' cannot be null"}),
              "400 Field 'name' can not be NULL.");
    EXPECT_EQ(shown({1364, "HY000", "Field 'name' doesn't have a default value"}),
              "400 Field 'name' can not be NULL.");
    EXPECT_EQ(shown({4025, "23000", "CONSTRAINT `positive` failed for `db`.`t`"}),
              "400 The check 'positive' refuses the record.");
    EXPECT_EQ(shown({3819, "HY000", "Check constraint 'positive' is violated."}),
              "400 The check 'positive' refuses the record.");
    EXPECT_EQ(shown({1644, "45000", "too young"}), "400 too young");
    EXPECT_EQ(shown({30001, "45999", "too old"}), "400 too old");
    EXPECT_EQ(shown({30001, "U0001", "too late"}), "400 too late");
    EXPECT_EQ(shown({1643, "02000", "not there"}), "400 not there");
    EXPECT_EQ(shown({30001, "HY000", "SELECT secret"}), "500 The database refused the statement.");
    const auto missing = [](const std::string& keys) {
        return shown({1452, "23000",
                      "Cannot add or update a child row: a foreign key constraint fails (`db`.`t`, "
                      "CONSTRAINT `t_ibfk_1` FOREIGN KEY (" +
                          keys + ") REFERENCES `o` (`id`, `x`))"});
    };
    EXPECT_EQ(missing("`o_id`"), "400 Field 'o_id' refers to a record that does not exist.");
    EXPECT_EQ(missing("`a`, `b``c`"),
              "400 The fields 'a, b`c' refer to a record that does not exist.");
}

TEST(FromMysql, ToldApartByTheirNumbers) {
    EXPECT_EQ(shown({1451, "23000", "m"}), "409 Other records still refer to it.");
    EXPECT_EQ(shown({1452, "23000", "m"}), "400 A record that this one refers to does not exist.");
    EXPECT_EQ(shown({1406, "22001", "m"}), "400 A value is too long for its field.");
    EXPECT_EQ(shown({1264, "22003", "m"}), "400 A number is out of the range of its field.");
    EXPECT_EQ(shown({1366, "22007", "m"}), "400 A value does not fit the type of its field.");
    EXPECT_EQ(shown({1292, "22007", "m"}), "400 A value does not fit the type of its field.");
    EXPECT_EQ(shown({1142, "42000", "m"}), "403 The database does not allow this to its user.");
    EXPECT_EQ(shown({1050, "42S01", "m"}), "409 A table with this name exists already.");
    EXPECT_EQ(shown({1205, "HY000", "m"}), "503 Another change was in the way; try again.");
    EXPECT_EQ(shown({1213, "40001", "m"}), "503 Another change was in the way; try again.");
    EXPECT_EQ(shown({1317, "70100", "m"}), "504 The database did not answer in time.");
    EXPECT_EQ(shown({1040, "08004", "m"}), "503 The database takes no more connections.");
}

TEST(FromMysql, KeepsTheStatementToItself) {
    const Error error =
        from_mysql({1064, "42000", "You have an error near 'SELECT secret FROM t'"});
    EXPECT_EQ(error.status(), 500);
    EXPECT_EQ(error.message(), "The database refused the statement.");
    EXPECT_NE(error.detail().find("1064 (42000)"), std::string::npos);
    for (const unsigned code : {1054U, 1146U}) {  // the caller looks at the table again
        EXPECT_EQ(shown({code, "42S02", "Table 'db.t' doesn't exist"}),
                  "500 The database refused the statement.");
    }
}

TEST(FromMysql, KnowsALostConnection) {
    for (const unsigned code : {2006U, 2013U, 1927U, 1053U}) {
        EXPECT_TRUE(is_lost(code)) << code;
        EXPECT_EQ(shown({code, "HY000", "m"}), "503 The database went away.");
    }
    EXPECT_FALSE(is_lost(1062));
    EXPECT_FALSE(is_lost(1213));
}

TEST(FromMysql, KnowsWhatEndsATransaction) {
    EXPECT_TRUE(ends_transaction(1213));
    EXPECT_FALSE(ends_transaction(1205));  // the statement alone is undone
    EXPECT_FALSE(ends_transaction(1062));
}

TEST(FromFailedConnect, SaysWhatHelpsWhoeverConfiguresIt) {
    const auto says = [](unsigned code) {
        const Error error =
            from_failed_connect(MysqlReport{code, "", "Access denied for 'root'@'db.internal'"});
        EXPECT_EQ(error.status(), 503);
        return error.message();
    };
    EXPECT_EQ(says(1045), "The database refuses the user name or the password.");
    EXPECT_EQ(says(1049), "There is no database of this name on the server.");
    EXPECT_EQ(says(1040), "The database takes no more connections.");
    EXPECT_EQ(says(2002), "The database cannot be reached.");
    EXPECT_EQ(says(2003), "The database cannot be reached.");
    EXPECT_EQ(says(2005), "The host of the database is not known.");
    EXPECT_EQ(says(2026), "The database and the server do not agree on encryption ('sslmode').");
}

}  // namespace
}  // namespace sluice::services::sql
