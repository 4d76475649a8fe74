#include "services/sql/alter/table_text.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace sluice::services::sql {
namespace {

using ::testing::ElementsAre;

std::vector<std::string> keywords(const ColumnText& column) {
    std::vector<std::string> words;
    for (const ColumnClause& clause : column.clauses) {
        words.push_back(clause.keyword);
    }
    return words;
}

TEST(TableText, IsCutIntoColumnsAndConstraints) {
    const auto table = read_table_text(
        "CREATE TABLE \"a b\" (id INTEGER PRIMARY KEY AUTOINCREMENT, -- the key, (counts)\n"
        "  name VARCHAR(80) COLLATE NOCASE NOT NULL DEFAULT 'it''s, (x)' CHECK (name <> ','),\n"
        "  [odd col] DECIMAL(12, 2) DEFAULT -1.5 /* , */ UNIQUE ON CONFLICT IGNORE,\n"
        "  owner INT REFERENCES contact (id) ON DELETE SET NULL DEFERRABLE INITIALLY DEFERRED,\n"
        "  CONSTRAINT pair UNIQUE (name, owner), FOREIGN KEY (owner) REFERENCES b (c)) "
        "WITHOUT ROWID",
        Escapes::None);
    ASSERT_TRUE(table);
    ASSERT_EQ(table->columns.size(), 4U);
    EXPECT_THAT(keywords(table->columns[0]), ElementsAre("PRIMARY KEY"));
    EXPECT_THAT(keywords(table->columns[1]),
                ElementsAre("COLLATE", "NOT NULL", "DEFAULT", "CHECK"));
    EXPECT_EQ(table->columns[1].find("DEFAULT")->text, "DEFAULT 'it''s, (x)'");
    EXPECT_EQ(table->columns[2].name, "odd col");
    EXPECT_EQ(table->columns[2].type, "DECIMAL(12, 2)");
    EXPECT_THAT(keywords(table->columns[2]), ElementsAre("DEFAULT", "UNIQUE"));
    EXPECT_EQ(table->columns[2].find("DEFAULT")->text, "DEFAULT -1.5");
    EXPECT_THAT(keywords(table->columns[3]), ElementsAre("REFERENCES"));
    EXPECT_EQ(table->constraints.size(), 2U);
    EXPECT_EQ(table->tail, "WITHOUT ROWID");
}

TEST(TableText, WordsOfOneDatabaseAreNamesAndTypesOfAnother) {
    const auto table = read_table_text(
        "CREATE TABLE kv (key TEXT, period INT, name CHARACTER VARYING(20) NOT NULL, comment)",
        Escapes::None);
    ASSERT_TRUE(table);
    EXPECT_TRUE(table->constraints.empty());
    ASSERT_EQ(table->columns.size(), 4U);
    EXPECT_EQ(table->columns[0].name, "key");
    EXPECT_EQ(table->columns[2].type, "CHARACTER VARYING(20)");
    EXPECT_EQ(table->columns[3].sql(), "comment");
}

TEST(TableText, KeepsWhatMysqlHidesInComments) {
    const auto table = read_table_text(
        "CREATE TABLE `t` (\n"
        "  `c` varchar(100) /*M!100301 COMPRESSED*/ DEFAULT 'q',\n"
        "  `d` int DEFAULT NULL /*!80023 INVISIBLE, ) */ COMMENT 'x',\n"
        "  PRIMARY KEY (`c`) /* said */\n"
        ") ENGINE=InnoDB\n/*!50100 PARTITION BY KEY (`c`) */",
        Escapes::Backslash);
    ASSERT_TRUE(table);
    ASSERT_EQ(table->columns.size(), 2U);
    EXPECT_EQ(table->columns[0].sql(), "`c` varchar(100) /*M!100301 COMPRESSED*/ DEFAULT 'q'");
    EXPECT_EQ(table->columns[1].sql(), "`d` int DEFAULT NULL /*!80023 INVISIBLE, ) */ COMMENT 'x'");
}

TEST(TableText, KeepsWhatAServerShowsOfAColumn) {
    const auto table = read_table_text(
        "CREATE TABLE `t` (\n"
        "  `id` int(11) unsigned NOT NULL AUTO_INCREMENT,\n"
        "  `a` varchar(30) CHARACTER SET latin1 COLLATE latin1_bin DEFAULT 'x\\'),' COMMENT 'c, "
        "d',\n"
        "  `at` timestamp(6) NULL DEFAULT current_timestamp(6) ON UPDATE current_timestamp(6),\n"
        "  `j` longtext DEFAULT NULL CHECK (json_valid(`j`)),\n"
        "  PRIMARY KEY (`id`),\n"
        "  KEY `k` (`a`(10)),\n"
        "  CONSTRAINT `f` FOREIGN KEY (`id`) REFERENCES `o` (`id`) ON DELETE CASCADE\n"
        ") ENGINE=InnoDB DEFAULT CHARSET=utf8mb4",
        Escapes::Backslash);
    ASSERT_TRUE(table);
    EXPECT_EQ(table->columns[0].type, "int(11) unsigned");
    EXPECT_THAT(keywords(table->columns[0]), ElementsAre("NOT NULL", "AUTO_INCREMENT"));
    EXPECT_THAT(keywords(table->columns[1]),
                ElementsAre("CHARACTER SET", "COLLATE", "DEFAULT", "COMMENT"));
    EXPECT_THAT(keywords(table->columns[2]), ElementsAre("NULL", "DEFAULT", "ON UPDATE"));
    EXPECT_THAT(keywords(table->columns[3]), ElementsAre("DEFAULT", "CHECK"));
    EXPECT_EQ(table->constraints.size(), 3U);
}

TEST(TableText, AColumnIsChangedAndAllElseStays) {
    auto table = read_table_text(
        "CREATE TABLE t (a VARCHAR(9) COLLATE NOCASE CONSTRAINT n NOT NULL DEFAULT 'x' UNIQUE)",
        Escapes::None);
    ASSERT_TRUE(table);
    ColumnText& column = *table->find("A");
    column.type = "TEXT";
    column.set_nullable(true);
    column.set_default("7");
    EXPECT_EQ(table->body(), "(a TEXT COLLATE NOCASE NULL UNIQUE DEFAULT 7)");
    column.set_nullable(false);
    column.set_default(std::nullopt);
    EXPECT_EQ(table->body(), "(a TEXT COLLATE NOCASE NOT NULL UNIQUE)");
}

TEST(TableText, ForeignKeysOfOneColumnGoWithIt) {
    auto table = read_table_text(
        "CREATE TABLE t (a INT, b INT, FOREIGN KEY (\"a\") REFERENCES x (y), "
        "FOREIGN KEY (a, b) REFERENCES x (y, z), CHECK (b > 0))",
        Escapes::None);
    ASSERT_TRUE(table);
    table->remove_foreign_keys("A");
    EXPECT_EQ(table->constraints.size(), 2U);
    EXPECT_TRUE(table->constrains("a"));
    EXPECT_TRUE(table->constrains("b"));
    EXPECT_FALSE(table->constrains("c"));
}

TEST(TableText, WhatIsNoPlainTableIsRefused) {
    for (const char* sql : {"CREATE VIRTUAL TABLE t USING fts5 (a)", "CREATE TABLE t", "",
                            "CREATE TABLE t (a TEXT DEFAULT 'x", "CREATE TABLE t (a (b)"}) {
        EXPECT_FALSE(read_table_text(sql, Escapes::None)) << sql;
    }
}

}  // namespace
}  // namespace sluice::services::sql
