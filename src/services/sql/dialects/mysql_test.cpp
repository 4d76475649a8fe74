#include "services/sql/dialects/mysql.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "services/sql/reread.h"
#include "services/sql/service_kit.h"

namespace sluice::services::sql {
namespace {

using ::testing::HasSubstr;

class MysqlText : public ::testing::Test {
protected:
    MysqlText() {
        const auto add = [this](std::string name, Kind kind, std::string type = "") {
            Column column;
            column.name = std::move(name);
            dialect_.quote(column.quoted, column.name);
            column.kind = kind;
            column.type = std::move(type);
            table_->columns.push_back(std::move(column));
        };
        table_->name = "t";
        table_->quoted = "`t`";
        add("id", Kind::Integer);
        add("name", Kind::Text);
        add("price", Kind::Decimal);
        add("due", Kind::DateTime, "datetime");
        add("at", Kind::DateTime, "timestamp");
        table_->columns[0].is_auto_increment = true;
        table_->columns[4].keeps_offset = true;
        table_->keys = {0};
    }
    const Column* column(std::string_view name) const { return table_->find(name); }
    Condition compare(std::string_view name, Comparator how, Value value) const {
        Condition made;
        made.form = Condition::Form::Compare;
        made.column = column(name);
        made.comparator = how;
        made.values = {std::move(value)};
        return made;
    }
    Statement where(Condition condition) const {
        Look look;
        look.table = table_.get();
        look.where = std::move(condition);
        return to_sql(dialect_, look);
    }

    std::shared_ptr<MysqlFacts> facts_ = std::make_shared<MysqlFacts>();
    MysqlDialect dialect_{facts_};
    std::shared_ptr<Table> table_ = std::make_shared<Table>();
};

TEST_F(MysqlText, QuotesWithBackticks) {
    std::string out;
    dialect_.quote(out, "a`b\\\"");
    EXPECT_EQ(out, "`a``b\\\"`");
}

TEST_F(MysqlText, ComparesDecimalsAsDecimals) {
    const Statement at = where(compare("price", Comparator::Equal, Value(std::string("1.5"))));
    EXPECT_EQ(at.text, "SELECT 1 FROM `t` WHERE `price` = ?");
    EXPECT_EQ(at.values, std::vector<Value>{Value(Number{"1.5"})});
}

TEST_F(MysqlText, CastsToCharForPatterns) {
    EXPECT_EQ(where(compare("id", Comparator::Like, Value(std::string("1%")))).text,
              "SELECT 1 FROM `t` WHERE CAST(`id` AS CHAR) LIKE ? ESCAPE '\\'");
}

TEST_F(MysqlText, KeepsInstantsWhereTheColumnDoes) {
    const Value moment(std::string("2026-01-01T00:30:00.5+02:00"));
    const Statement at = where(compare("at", Comparator::Equal, moment));
    EXPECT_EQ(at.text,
              "SELECT 1 FROM `t` WHERE `at` = CONVERT_TZ(?, '+00:00', @@session.time_zone)");
    EXPECT_EQ(at.values.at(0), Value(std::string("2025-12-31 22:30:00.5")));
    const Statement plain =
        where(compare("at", Comparator::Equal, Value(std::string("2026-01-01 00:30:00"))));
    EXPECT_EQ(plain.text, "SELECT 1 FROM `t` WHERE `at` = ?");
}

TEST_F(MysqlText, PlacesNullsWithoutWordsForIt) {
    Select select;
    select.table = table_;
    select.sources = {{column("id"), {}}};
    select.order = {{column("name"), true, false}, {column("id"), false, true}};
    EXPECT_EQ(
        to_sql(dialect_, select, 5).text,
        "SELECT `id` FROM `t` ORDER BY CASE WHEN `name` IS NULL THEN 1 ELSE 0 END, `name` DESC, "
        "CASE WHEN `id` IS NULL THEN 0 ELSE 1 END, `id` LIMIT ?");
}

TEST_F(MysqlText, RereadsAnInsertByTheKeyItGot) {
    Insert insert;
    insert.table = table_.get();
    insert.assignments = {{column("name"), Value(std::string("x"))}};
    insert.returns = {{column("id"), {}}};
    EXPECT_EQ(to_sql(dialect_, insert).text, "INSERT INTO `t` (`name`) VALUES (?)");
    const auto reread = reread_of(dialect_, insert, {column("id")});
    ASSERT_TRUE(reread);
    EXPECT_FALSE(reread->before);
    const auto looks = reread->after(RowList());
    ASSERT_EQ(looks.size(), 1U);
    EXPECT_EQ(looks[0].text, "SELECT `id` FROM `t` WHERE `id` IN (LAST_INSERT_ID())");
    facts_->has_returning = true;
    EXPECT_EQ(to_sql(dialect_, insert).text, "INSERT INTO `t` (`name`) VALUES (?) RETURNING `id`");
}

TEST_F(MysqlText, RereadsAnUpdateOfManyByTheKeysItLocked) {
    Update update;
    update.table = table_.get();
    update.assignments = {{column("name"), Value(std::string("x"))}};
    update.where = compare("name", Comparator::Equal, Value(std::string("y")));
    update.returns = {{column("id"), {}}, {column("name"), {}}};
    const auto reread = reread_of(dialect_, update, {column("id")}, nullptr);
    ASSERT_TRUE(reread);
    EXPECT_EQ(reread->before->text, "SELECT `id` FROM `t` WHERE `name` = ? FOR UPDATE");
    RowList before;
    for (std::int64_t id = 1; id <= 20'001; ++id) {
        before.start_row();
        Cell cell;
        cell.form = Cell::Form::Integer;
        cell.integer = id;
        before.cell(cell);
        before.end_row();
    }
    const auto looks = reread->after(before);
    ASSERT_EQ(looks.size(), 2U);
    EXPECT_EQ(looks[0].values.size(), 20'000U);
    EXPECT_EQ(looks[1].text, "SELECT `id`, `name` FROM `t` WHERE `id` IN (?)");
}

TEST_F(MysqlText, CannotTellWhatChangedInATableWithoutKey) {
    table_->keys.clear();
    Update update;
    update.table = table_.get();
    update.assignments = {{column("name"), Value(std::string("x"))}};
    update.returns = {{column("name"), {}}};
    EXPECT_FALSE(reread_of(dialect_, update, {}, nullptr));
    update.returns.clear();
    const auto reread = reread_of(dialect_, update, {}, nullptr);
    ASSERT_TRUE(reread);  // a row without fields for each that it touched
    EXPECT_FALSE(reread->before || reread->after);
}

class MysqlTables : public ::testing::Test {
protected:
    void SetUp() override {
        if (!ServiceKit::has("mysql")) {
            GTEST_SKIP() << ServiceKit::lacks("mysql");
        }
    }
};

TEST_F(MysqlTables, AreDescribedAsTheyAre) {
    ServiceKit kit("mysql", R"(
CREATE TABLE other (id BIGINT UNSIGNED AUTO_INCREMENT PRIMARY KEY);
CREATE TABLE t (
 id INT UNSIGNED AUTO_INCREMENT PRIMARY KEY, flag TINYINT(1) NOT NULL DEFAULT 1, one BIT(1) DEFAULT b'0',
 bits BIT(4) DEFAULT b'101', text_lines TEXT DEFAULT 'a\\b\nc', minus INT DEFAULT -7, day DATE DEFAULT '2026-01-02', small TINYINT UNSIGNED,
 word VARCHAR(20) NOT NULL DEFAULT 'it''s', pick ENUM('a','b') DEFAULT 'a', many SET('x','y'),
 amount DECIMAL(12,3), ratio FLOAT, at TIMESTAMP NULL DEFAULT CURRENT_TIMESTAMP, due DATETIME(3), took TIME,
 extra JSON, raw VARBINARY(16), shape GEOMETRY, twice INT AS (small * 2) STORED, nothing TEXT DEFAULT NULL,
 other_id BIGINT UNSIGNED, pair INT, UNIQUE (word), UNIQUE (pair, small), UNIQUE (nothing(5)),
 FOREIGN KEY (other_id) REFERENCES other (id) ON DELETE SET NULL ON UPDATE CASCADE);
CREATE VIEW seen AS SELECT id, word FROM t;
)");
    const std::string body = kit.get("_schema/t").body;
    const auto field = [&body](const std::string& name) {
        const std::size_t at = body.find("\"name\":\"" + name + "\"");
        return at == std::string::npos ? ""
                                       : body.substr(at, body.find("\"is_aggregate\"", at) - at);
    };
    EXPECT_THAT(field("id"), HasSubstr(R"~("type":"id","db_type":"int(10) unsigned")~"));
    EXPECT_THAT(field("id"), HasSubstr(R"("auto_increment":true,"is_primary_key":true)"));
    EXPECT_THAT(field("flag"), HasSubstr(R"("type":"boolean")"));
    EXPECT_THAT(field("flag"), HasSubstr(R"("default":true)"));
    EXPECT_THAT(field("one"), HasSubstr(R"("type":"boolean")"));
    EXPECT_THAT(field("one"), HasSubstr(R"("default":false)"));
    EXPECT_THAT(field("bits"), HasSubstr(R"("default":"b'101'")"));
    EXPECT_THAT(field("text_lines"), HasSubstr(R"("default":"a\\b\nc")"));
    EXPECT_THAT(field("minus"), HasSubstr(R"("default":-7)"));
    EXPECT_THAT(field("day"), HasSubstr(R"("default":"2026-01-02")"));
    EXPECT_THAT(field("small"), HasSubstr(R"("type":"smallint")"));
    EXPECT_THAT(field("word"), HasSubstr(R"("length":20)"));
    EXPECT_THAT(field("word"), HasSubstr(R"("default":"it's","required":false)"));
    EXPECT_THAT(field("word"), HasSubstr(R"("is_unique":true)"));
    EXPECT_THAT(field("pick"), HasSubstr(R"~("type":"string","db_type":"enum('a','b')")~"));
    EXPECT_THAT(field("many"), HasSubstr(R"("type":"string")"));
    EXPECT_THAT(field("amount"), HasSubstr(R"("precision":12,"scale":3)"));
    EXPECT_THAT(field("ratio"), HasSubstr(R"("type":"float")"));
    EXPECT_THAT(field("at"), HasSubstr(R"("type":"timestamp")"));
    EXPECT_THAT(field("at"), HasSubstr(R"~("default":"current_timestamp()")~"));
    EXPECT_THAT(field("due"), HasSubstr(R"("type":"datetime")"));
    EXPECT_THAT(field("extra"), HasSubstr(R"("type":"json")"));
    EXPECT_THAT(field("raw"), HasSubstr(R"("type":"binary")"));
    EXPECT_THAT(field("shape"), HasSubstr(R"("type":"binary")"));
    EXPECT_THAT(field("nothing"), HasSubstr(R"("default":null)"));
    EXPECT_THAT(field("nothing"), HasSubstr(R"("is_unique":false)"));  // its beginning alone is
    EXPECT_THAT(field("pair"), HasSubstr(R"("is_unique":false,"is_index":true)"));
    EXPECT_THAT(field("other_id"),
                HasSubstr(R"("ref_table":"other","ref_field":"id","ref_on_update":"CASCADE",)"
                          R"("ref_on_delete":"SET NULL")"));
    EXPECT_THAT(kit.get("_schema/seen").body, HasSubstr(R"("is_view":true)"));
}

TEST_F(MysqlTables, AreRelatedByTheKeysOfOneColumn) {
    ServiceKit kit("mysql", R"(
CREATE TABLE top (id INT PRIMARY KEY, a INT, b INT, UNIQUE (a, b));
CREATE TABLE below (z INT, top_id INT, one INT UNIQUE, a INT, b INT, part INT, id INT PRIMARY KEY,
 UNIQUE (part, z),
 FOREIGN KEY (part) REFERENCES top (id), FOREIGN KEY (top_id) REFERENCES top (id) ON DELETE CASCADE,
 FOREIGN KEY (one) REFERENCES top (id) ON UPDATE SET NULL, FOREIGN KEY (a, b) REFERENCES top (a, b));
)");
    const std::string body = kit.get("_schema/top", {{"fields", "related"}}).body;
    const std::string related = body.substr(body.find("\"related\""));
    EXPECT_THAT(related, HasSubstr(R"("name":"below_by_top_id")"));
    EXPECT_THAT(related, HasSubstr(R"("name":"below_by_part")"));
    EXPECT_THAT(related, ::testing::Not(HasSubstr("below_by_a")));
    const auto kind_of = [&related](const std::string& name) {
        const std::size_t at = related.find("\"name\":\"" + name + "\"");
        return related.substr(at, related.find('}', at) - at);
    };
    EXPECT_THAT(kind_of("below_by_top_id"), HasSubstr(R"("type":"has_many")"));
    EXPECT_THAT(kind_of("below_by_part"), HasSubstr(R"("type":"has_many")"));
    EXPECT_THAT(kind_of("below_by_one"), HasSubstr(R"("type":"has_one")"));
    EXPECT_LT(related.find("below_by_top_id"), related.find("below_by_one"));
    EXPECT_LT(related.find("below_by_one"), related.find("below_by_part"));
}

TEST_F(MysqlTables, NameTheFieldThatRefersToNothing) {
    ServiceKit kit("mysql", R"(
CREATE TABLE top (id INT PRIMARY KEY, a INT, b INT, UNIQUE (a, b));
CREATE TABLE below (id INT PRIMARY KEY, top_id INT, a INT, b INT,
 FOREIGN KEY (top_id) REFERENCES top (id), FOREIGN KEY (a, b) REFERENCES top (a, b));
)");
    const Answer one = kit.send(Verb::Post, "_table/below", R"([{"id":1,"top_id":98765}])");
    EXPECT_EQ(one.status, 400);
    EXPECT_THAT(one.body, HasSubstr("Field 'top_id' refers to a record that does not exist."));
    EXPECT_THAT(one.body, ::testing::Not(HasSubstr("98765")));
    EXPECT_THAT(kit.send(Verb::Post, "_table/below", R"([{"id":1,"a":1,"b":2}])").body,
                HasSubstr("The fields 'a, b' refer to a record that does not exist."));
}

TEST_F(MysqlTables, KeepEveryValue) {
    ServiceKit kit("mysql", R"(
CREATE TABLE t (id INT AUTO_INCREMENT PRIMARY KEY, flag TINYINT(1), one BIT(1), small TINYINT UNSIGNED,
 big BIGINT UNSIGNED, ratio FLOAT, at TIMESTAMP(3) NULL, due DATETIME(3), took TIME(1), extra JSON, raw VARBINARY(16),
 word VARCHAR(20), twice INT AS (small * 2) STORED);
INSERT INTO t (big) VALUES (18446744073709551615);
)",
                   R"("timezone":"+05:00")");
    EXPECT_EQ(kit.get("_table/t/1", {{"fields", "big"}}).body, R"({"big":18446744073709551615})");
    const Answer made = kit.send(
        Verb::Post, "_table/t",
        R"([{"flag":true,"one":false,"small":255,"ratio":1.1,"at":"2026-01-01T00:00:00.25Z","took":"-30:10:00.5",)"
        R"("due":"2026-01-01T02:00:00.25+02:00","extra":{"a":[1,2.50]},"raw":"AAEC/w==","word":"a\\b'","twice":7}])",
        {{"fields", "flag,one,small,ratio,at,took,due,extra,raw,word,twice"}});
    EXPECT_EQ(
        made.body,
        R"({"resource":[{"flag":true,"one":false,"small":255,"ratio":1.1,)"
        R"("at":"2026-01-01 05:00:00.25","took":"-30:10:00.5","due":"2026-01-01 00:00:00.25",)"
        R"("extra":{"a":[1,2.50]},"raw":"AAEC/w==","word":"a\\b'","twice":510}]})");
    EXPECT_EQ(
        kit.get("_table/t", {{"filter", "at = '2026-01-01T02:00:00.25+02:00'"}, {"fields", "id"}})
            .body,
        R"({"resource":[{"id":2}]})");
    EXPECT_EQ(
        kit.get("_table/t", {{"filter", "due = '2026-01-01T01:00:00.25+01:00'"}, {"fields", "id"}})
            .body,
        R"({"resource":[{"id":2}]})");
    EXPECT_EQ(kit.get("_table/t", {{"filter", "took = '-30:10:00.5'"}, {"fields", "id"}}).body,
              R"({"resource":[{"id":2}]})");
    EXPECT_EQ(kit.get("_table/t", {{"filter", "word contains a\\b"}, {"fields", "id"}}).body,
              R"({"resource":[{"id":2}]})");
    for (const std::string wrong :
         {R"({"small":256})", R"({"small":-1})", R"({"took":"soon"})", R"({"due":"21.11.2026"})",
          R"({"at":"2026-02-30"})", R"({"word":"more than twenty characters"})",
          R"({"extra":"{"})"}) {
        const Answer answer = kit.send(Verb::Patch, "_table/t/2", wrong);
        EXPECT_EQ(answer.status, wrong == R"({"extra":"{"})" ? 200 : 400) << wrong << answer.body;
    }
}

TEST_F(MysqlTables, TellTablesApartThatDifferInCase) {
    ServiceKit kit("mysql",
                   "CREATE TABLE Foo (id INT PRIMARY KEY); CREATE TABLE foo (a INT PRIMARY KEY);"
                   "CREATE TABLE `été` (id INT PRIMARY KEY);");
    EXPECT_THAT(kit.get("_schema/Foo").body, HasSubstr(R"("primary_key":["id"])"));
    EXPECT_THAT(kit.get("_schema/foo").body, HasSubstr(R"("primary_key":["a"])"));
    EXPECT_EQ(kit.get("_schema/FOO").status, 200);
    EXPECT_EQ(kit.get("_schema/ÉTÉ").status, 404);  // roles compare ASCII alone without case
    EXPECT_EQ(kit.get("_schema/ete").status,
              404);  // which the server's collation would take for it
    EXPECT_EQ(kit.get("_schema/foo ").status, 404);
}

TEST_F(MysqlTables, WithoutAKeyTakeChangesThatAskForNothing) {
    ServiceKit kit(
        "mysql",
        "CREATE TABLE loose (n INT, w TEXT); INSERT INTO loose VALUES (1,'a'),(1,'b'),(2,'c')");
    EXPECT_EQ(kit.send(Verb::Patch, "_table/loose", R"([{"w":"x"}])", {{"filter", "n = 1"}}),
              (Answer{200, R"({"resource":[{},{}]})"}));
    EXPECT_EQ(kit.send(Verb::Patch, "_table/loose", R"([{"w":"x"}])",
                       {{"filter", "n = 1"}, {"fields", "w"}})
                  .status,
              501);
    EXPECT_EQ(kit.get("_table/loose", {{"filter", "w = x"}, {"count_only", "1"}}).body, "2");
}

TEST_F(MysqlTables, AreMadeOfEverySimpleType) {
    ServiceKit kit("mysql", "SELECT 1");
    std::string fields = R"({"name":"id","type":"id"})";
    for (const char* type : {"string", "text", "integer", "bigint", "smallint", "boolean", "float",
                             "double", "decimal", "money", "date", "time", "datetime", "timestamp",
                             "timestamp_on_create", "binary", "json", "uuid"}) {
        fields += R"(,{"name":"f_)" + std::string(type) + R"(","type":")" + type + R"("})";
    }
    const Answer made = kit.send(Verb::Post, "_schema",
                                 R"({"resource":[{"name":"made","field":[)" + fields + "]}]}");
    EXPECT_EQ(made.status, 200) << made.body;
    const std::string body = kit.get("_schema/made").body;
    for (const char* type :
         {"string", "text", "integer", "bigint", "smallint", "boolean", "float", "double",
          "decimal", "date", "time", "datetime", "timestamp", "binary", "json"}) {
        EXPECT_THAT(body, HasSubstr(R"("name":"f_)" + std::string(type) + "\"")) << type;
        EXPECT_THAT(body, HasSubstr(R"("type":")" + std::string(type) + "\"")) << type;
    }
    EXPECT_EQ(kit.send(Verb::Post, "_table/made", R"([{"f_string":"x"}])").body,
              R"({"resource":[{"id":1}]})");
    EXPECT_THAT(kit.get("_table/made/1", {{"fields", "f_timestamp_on_create"}}).body,
                HasSubstr("20"));
}

}  // namespace
}  // namespace sluice::services::sql
