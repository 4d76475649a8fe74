#include "services/sql/one_statement.h"

#include <gtest/gtest.h>

namespace sluice::services::sql {
namespace {

TEST(OneStatement, EndsAtItsSemicolon) {
    for (const char* sql : {"", ";", "SELECT 1", "SELECT 1;", " SELECT 1 ; ; -- done", "; SELECT 1",
                            "SELECT 1; /* a; b */ ", "-- first; really\nSELECT 1;\n", "SELECT ';'",
                            "SELECT 'it''s; so', \"a;b\";", "SELECT /* ; */ 1",
                            "SELECT 'open; ended", "SELECT 1 -- a; b"}) {
        EXPECT_TRUE(is_one_postgres_statement(sql)) << sql;
        EXPECT_TRUE(is_one_sqlite_statement(sql)) << sql;
    }
}

TEST(OneStatement, IsNoLongerOneWhenAnotherFollows) {
    for (const char* sql : {"SELECT 1; SELECT 2", "SELECT 1;DROP TABLE a;", "SELECT ';'; SELECT 2",
                            "/* one */ SELECT 1; /* two */ SELECT 2", "; SELECT 1; SELECT 2",
                            "SELECT 1;\n-- two\nSELECT 2", "PRAGMA a = 1; 'x'", "SELECT 1; \"x\"",
                            "SELECT 'a\\'; SELECT 2"}) {
        EXPECT_FALSE(is_one_postgres_statement(sql)) << sql;
        EXPECT_FALSE(is_one_sqlite_statement(sql)) << sql;
    }
}

TEST(OneStatement, OfPostgresHasDollarQuotesAndNestedComments) {
    EXPECT_TRUE(is_one_postgres_statement("DO $$ BEGIN PERFORM 1; END $$;"));
    EXPECT_TRUE(is_one_postgres_statement("DO $body$ a; $$ b; $body$"));
    EXPECT_TRUE(is_one_postgres_statement("SELECT /* a /* b; */ c; */ 1"));
    EXPECT_TRUE(is_one_postgres_statement("SELECT E'a\\'; b'"));
    EXPECT_FALSE(is_one_postgres_statement("DO $$ a; $$; DO $$ b; $$"));
    EXPECT_FALSE(is_one_postgres_statement("SELECT $1; SELECT $1"));
    EXPECT_FALSE(is_one_postgres_statement("SELECT a$b$; SELECT c$b$"));
    EXPECT_FALSE(is_one_postgres_statement("SELECT 1; $$x$$"));
}

TEST(OneStatement, OfMysqlHasBackquotesAndHashes) {
    for (const char* sql : {"", "SET a = 1;", "SET a = ';' # one; two", "SET `a;b` = \"c;d\";",
                            "SET a = 1; # done", "SELECT 1 -- a; b", "/* a; b */ SELECT 1; /* c */",
                            "SELECT 'it''s; so'", "SELECT /*! 1 */", "SELECT 1 #"}) {
        EXPECT_TRUE(is_one_mysql_statement(sql)) << sql;
    }
    for (const char* sql :
         {"SET a = 1; SET b = 2", "SET a = 'b\\'; SET c = 'd'", "SELECT 1; `x`",
          "SET a = 1 # one\n; SET b = 2", "SELECT 1--1; SELECT 2", "SELECT 1; /*! SELECT 2 */",
          "SELECT 1; /*M! SELECT 2 */", "SELECT /* a /* b */ 1; SELECT 2"}) {
        EXPECT_FALSE(is_one_mysql_statement(sql)) << sql;
    }
}

TEST(OneStatement, OfSqliteHasTriggersWithABody) {
    const std::string trigger =
        "CREATE TEMP TRIGGER t AFTER INSERT ON a BEGIN SELECT 1; SELECT 2; END";
    EXPECT_TRUE(is_one_sqlite_statement(trigger));
    EXPECT_TRUE(is_one_sqlite_statement(trigger + ";"));
    EXPECT_FALSE(is_one_sqlite_statement(trigger + "; SELECT 3"));
}

TEST(OneStatement, TheEntryIsNamed) {
    const Status status =
        check_one_each({"SELECT 1;", "SELECT 1; SELECT 2"}, &is_one_sqlite_statement);
    ASSERT_FALSE(status);
    EXPECT_EQ(status.error().message(),
              "The configuration field 'statements': entry 2 holds more than one statement; give "
              "each an entry of its own.");
    EXPECT_TRUE(check_one_each({}, &is_one_sqlite_statement));
    EXPECT_FALSE(check_one_each({std::string(kMaxStatement + 1, ';')}, &is_one_sqlite_statement));
}

}  // namespace
}  // namespace sluice::services::sql
