#include "services/sql/to_sql.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/json.h"
#include "services/sql/batch.h"
#include "services/sql/dialects/postgres.h"
#include "services/sql/dialects/sqlite.h"
#include "services/sql/functions/column_functions.h"

namespace sluice::services::sql {
namespace {

using ::testing::HasSubstr;

TableRef make_table() {
    auto table = std::make_shared<Table>();
    table->name = "t";
    table->quoted = "\"t\"";
    const PostgresDialect dialect("");
    for (const auto& [name, kind] :
         {std::pair{"id", Kind::Integer}, {"na\"me", Kind::Text}, {"price", Kind::Real}}) {
        Column column;
        column.name = name;
        column.kind = kind;
        dialect.quote(column.quoted, name);
        finish(column);
        table->columns.push_back(std::move(column));
    }
    table->keys = {0};
    return table;
}

std::string sql_of(const Dialect& dialect, const Query& query, const Grant& grant = {}) {
    const auto select = plan_select(make_table(), query, grant, 100);
    if (!select) {
        return select.error().message();
    }
    const Statement statement = to_sql(dialect, *select, select->limit);
    std::string out = statement.text + " <-";
    for (const Value& value : statement.values) {
        out += " " + text_of(value);
    }
    return out;
}

TEST(ToSql, QuotesNamesAndBindsEverythingElse) {
    Query query;
    query.fields = {"ID", "na\"me"};
    query.filter = "na\"me";
    query.filter = "[na\"me] contains \"x'%\" and id in (1,2)";
    query.order = {{"price", true, false}};
    query.limit = 5;
    query.offset = 10;
    EXPECT_EQ(
        sql_of(SqliteDialect(), query),
        R"(SELECT "id", "na""me" FROM "t" WHERE ("na""me" LIKE ? ESCAPE '\' AND "id" IN (?, ?)))"
        R"( ORDER BY "price" DESC NULLS LAST LIMIT ? OFFSET ? <- %x'\%% 1 2 5 10)");
    EXPECT_EQ(
        sql_of(PostgresDialect(""), query),
        R"(SELECT "id", "na""me" FROM "t" WHERE ("na""me" LIKE $1 ESCAPE '\' AND "id" IN ($2::bigint, $3::bigint)))"
        R"( ORDER BY "price" DESC NULLS LAST LIMIT $4::bigint OFFSET $5::bigint <- %x'\%% 1 2 5 10)");
}

/// `make_table` with an alias, functions, and a field that no column stands behind.
TableRef table_with_functions() {
    auto table = std::make_shared<Table>(*make_table());
    Column& name = table->columns[1];
    name.alias = "title";
    name.functions = *read_functions(
        R"j([{"use":["SELECT"],"function":"UPPER(n)"},{"use":["FILTER"],"function":"LOWER(n)"},
            {"use":["INSERT"],"function":"TRIM({value})"},
            {"use":["UPDATE"],"function":"f({value}, {value})"}])j",
        "name");
    table->has_aliases = true;
    Column twice;
    twice.name = "twice";
    twice.kind = Kind::Integer;
    twice.is_virtual = twice.is_generated = true;
    twice.functions = *read_functions(R"j([{"use":["SELECT"],"function":"id * 2"}])j", "twice");
    twice.quoted = twice.functions->select;
    finish(twice);
    table->columns.push_back(std::move(twice));
    return table;
}

TEST(ToSql, FunctionsStandInPlaceOfFields) {
    const auto table = table_with_functions();
    Query query;
    query.filter = "title = 'x' and twice > 4";
    query.order = parse_order("twice, title").value();
    const auto select = plan_select(table, query, {}, 9);
    ASSERT_TRUE(select) << select.error().message();
    EXPECT_EQ(to_sql(SqliteDialect(), *select, 9).text,
              R"(SELECT "id", (UPPER(n)), "price", (id * 2) FROM "t" WHERE ((LOWER(n)) = ? AND )"
              R"((id * 2) > ?) ORDER BY (id * 2), "na""me" LIMIT ?)");
    Query groups;
    groups.fields = {"SUM(twice)", "twice"};
    groups.group = {"twice"};
    groups.having = "SUM(twice) > 1";
    const auto grouped = plan_select(table, groups, {}, 9);
    ASSERT_TRUE(grouped) << grouped.error().message();
    EXPECT_THAT(to_sql(SqliteDialect(), *grouped, 9).text,
                HasSubstr("GROUP BY (id * 2) HAVING SUM((id * 2)) > ?"));
}

TEST(ToSql, IdentifiersMeanTheFieldItself) {
    const auto table = table_with_functions();
    const std::vector<const Column*> keys{table->find("TITLE")};
    Look look;
    look.table = table.get();
    look.where = equals_id(keys, {Value(std::string("x"))});
    look.sources = {{keys.front(), {}, true}};
    EXPECT_EQ(to_sql(SqliteDialect(), look).text,
              R"(SELECT "na""me" FROM "t" WHERE ("na""me" = ?))");
}

TEST(ToSql, FunctionsMakeWhatIsWritten) {
    const auto table = table_with_functions();
    Insert insert;
    insert.table = table.get();
    insert.assignments = {{table->find("title"), Value(std::string("x"))}};
    insert.returns = {{table->find("twice"), {}}};
    EXPECT_EQ(to_sql(PostgresDialect(""), insert).text,
              R"(INSERT INTO "t" ("na""me") VALUES ((TRIM($1))) RETURNING (id * 2))");
    Update update;
    update.table = table.get();
    update.assignments = insert.assignments;
    update.returns = {{table->find("id"), {}}};
    const Statement changed = to_sql(PostgresDialect(""), update);
    EXPECT_EQ(changed.text, R"(UPDATE "t" SET "na""me" = (f($1, $2)) RETURNING "id")");
    EXPECT_EQ(changed.values.size(), 2U);
}

TEST(ToSql, JoinsTheRolesFiltersToTheCallers) {
    Query query;
    query.fields = {"id"};
    query.filter = "id = 1 or id = 2";
    const Grant all{VerbSet::all(), {{"price", ">", "5"}, {"id", "!=", "7"}}, false};
    EXPECT_EQ(
        sql_of(SqliteDialect(), query, all),
        R"(SELECT "id" FROM "t" WHERE (("price" > ? AND "id" <> ?) AND ("id" = ? OR "id" = ?)) LIMIT ? <- 5 7 1 2 100)");
    const Grant any{VerbSet::all(), {{"price", ">", "5"}, {"id", "is null", ""}}, true};
    EXPECT_EQ(
        sql_of(SqliteDialect(), Query{}, any),
        R"(SELECT "id", "na""me", "price" FROM "t" WHERE ("price" > ? OR "id" IS NULL) LIMIT ? <- 5 100)");
    const Grant broken{VerbSet::all(), {{"gone", "=", "1"}}, false};
    EXPECT_EQ(sql_of(SqliteDialect(), query, broken),
              "A row filter of the role cannot be applied.");
}

TEST(ToSql, KeepsLongChainsShallow) {
    Query query;
    query.filter = "id = 0";
    for (int i = 1; i < 3000; ++i) {
        query.filter += " or id = " + std::to_string(i);
    }
    const std::string sql = sql_of(SqliteDialect(), query);
    EXPECT_THAT(sql, HasSubstr("(((((("));
    EXPECT_EQ(std::ranges::count(sql, '?'), 3001);
}

TEST(ToSql, NegatesAndCombines) {
    const auto where = [](std::string filter) {
        Query query;
        query.fields = {"id"};
        query.filter = std::move(filter);
        const std::string sql = sql_of(SqliteDialect(), query);
        const std::size_t start = sql.find("WHERE ");
        return start == std::string::npos ? sql
                                          : sql.substr(start + 6, sql.find(" LIMIT") - start - 6);
    };
    EXPECT_EQ(where("not (id = 1)"), R"(NOT ("id" = ?))");
    EXPECT_EQ(where("id not in (1)"), R"(NOT ("id" IN (?)))");
    EXPECT_EQ(where("(id = 1) nor (id = 2)"), R"(NOT ("id" = ? OR "id" = ?))");
    EXPECT_EQ(where("(id = 1) xor (id = 2)"), R"((("id" = ?) <> ("id" = ?)))");
    EXPECT_EQ(where("id all (1,2)"), R"(("id" = ? AND "id" = ?))");
    EXPECT_EQ(where("id not between 1 and 2"), R"(NOT ("id" BETWEEN ? AND ?))");
    EXPECT_EQ(where("id != null"), R"("id" IS NOT NULL)");
    EXPECT_EQ(where("price like '1%'"), R"(CAST("price" AS TEXT) LIKE ? ESCAPE '\')");
    EXPECT_EQ(where("price = 'abc'"), "Field 'price' must be a valid number.");
}

TEST(BatchAnswer, WritesTheDocumentedException) {
    Batch batch;
    batch.add(R"({"id":7})");
    batch.add(Error(ErrorKind::BadRequest, "no"));
    EXPECT_TRUE(batch.has_failed());
    const Error error = batch.to_error("created", true);
    EXPECT_EQ(error.status(), 400);
    EXPECT_EQ(error.to_json(),
              R"({"error":{"code":1000,"context":{"error":[1],"resource":[{"id":7},)"
              R"({"code":400,"context":null,"message":"no","status_code":400}]},)"
              R"("message":"Batch Error: Not all requested records could be created. )"
              R"(All changes rolled back.","status_code":400}})");
}

std::string cell_of(Kind kind, const Cell& cell) {
    std::string out;
    append_cell(out, kind, cell);
    return out;
}

TEST(AppendCell, WritesEachKindAsItsJson) {
    using Form = Cell::Form;
    const auto text = [](Kind kind, std::string_view words) {
        return cell_of(kind, {Form::Text, 0, 0, words});
    };
    EXPECT_EQ(cell_of(Kind::Text, {Form::Null, 0, 0, {}}), "null");
    EXPECT_EQ(cell_of(Kind::Integer, {Form::Integer, INT64_MIN, 0, {}}), "-9223372036854775808");
    EXPECT_EQ(cell_of(Kind::Boolean, {Form::Integer, 1, 0, {}}), "true");
    EXPECT_EQ(cell_of(Kind::Boolean, {Form::Integer, 7, 0, {}}), "7");
    EXPECT_EQ(cell_of(Kind::Real, {Form::Real, 0, 0.1, {}}), "0.1");
    EXPECT_EQ(cell_of(Kind::Real, {Form::Real, 0, 5, {}}), "5.0");
    EXPECT_EQ(cell_of(Kind::Real, {Form::Real, 0, 1e300, {}}), "1e+300");
    EXPECT_EQ(cell_of(Kind::Real, {Form::Real, 0, -1.0 / 0.0, {}}), "\"-Infinity\"");
    EXPECT_EQ(text(Kind::Integer, "42"), "42");
    EXPECT_EQ(text(Kind::Real, "NaN"), "\"NaN\"");
    EXPECT_EQ(text(Kind::Real, "5"), "5.0");
    EXPECT_EQ(text(Kind::Decimal, "12345678901234567890.10"), "\"12345678901234567890.10\"");
    EXPECT_EQ(text(Kind::Boolean, "f"), "false");
    EXPECT_EQ(text(Kind::Json, R"({"a": 1.50})"), R"({"a": 1.50})");
    EXPECT_EQ(text(Kind::Json, "{broken"), "\"{broken\"");
    EXPECT_EQ(text(Kind::Text, ""), "\"\"");
    for (std::size_t size = 1; size < 20; ++size) {
        for (const char special : {'"', '\\', '\x1F', '\xFF', '\x7F', '!'}) {
            for (std::size_t at = 0; at < size; ++at) {  // wherever it stands in a word of eight
                std::string words(size, 'a');
                words[at] = special;
                EXPECT_EQ(text(Kind::Text, words), json_string(words));
            }
        }
    }
    EXPECT_EQ(text(Kind::Text, "a\xFF\"\n"), "\"a\xEF\xBF\xBD\\\"\\n\"");
    EXPECT_EQ(cell_of(Kind::Binary, {Form::Bytes, 0, 0, "abc"}), "\"YWJj\"");
}

TEST(ToSql, AListWithoutAnOrderComesByItsKey) {
    const auto ordered = [](const Query& query) {
        auto select = plan_select(make_table(), query, {}, 100);
        if (!select) {
            return select.error().message();
        }
        order_by_key(*select);
        const std::string text = to_sql(SqliteDialect(), *select, 5).text;
        return text.substr(text.find("\"t\"") + 3);
    };
    Query query;
    EXPECT_EQ(ordered(query), " ORDER BY \"id\" LIMIT ?");
    query.order = {{"price", true, {}}};
    EXPECT_EQ(ordered(query), " ORDER BY \"price\" DESC LIMIT ?");
    query.order.clear();
    query.group = {"price"};
    query.fields = {"price"};
    EXPECT_EQ(ordered(query), " GROUP BY \"price\" LIMIT ?");
    query.fields = {"price", "id"};
    EXPECT_EQ(ordered(query), "Field 'id' must be in 'group' or aggregated.");
    query.fields.clear();
    EXPECT_THAT(ordered(query), HasSubstr("needs 'fields'"));
}

TEST(ToSql, LinkedFieldsAreLookedForInTheirOwnTable) {
    const TableRef other = make_table();
    auto link = std::make_shared<Link>();
    link->steps.push_back({other->find("id"), other, other->find("price"), {}});
    const LinkedFields linked{{"x.id", {{link, link}, other->find("id")}}};
    const TableRef table = make_table();
    const auto where = resolve_filter(*table, "not (x.id = 7) and id = 8", {}, linked);
    ASSERT_TRUE(where) << where.error().message();
    Select select;
    select.table = table;
    select.where = *where;
    EXPECT_THAT(
        to_count_sql(SqliteDialect(), select).text,
        HasSubstr(R"(WHERE ((NOT (("id" IS NOT NULL AND "id" IN (SELECT r1."price" FROM "t" AS r1 )"
                  R"(WHERE r1."price" IS NOT NULL AND (r1."id" IS NOT NULL AND r1."id" IN )"
                  R"((SELECT r2."price" FROM "t" AS r2 WHERE r2."price" IS NOT NULL AND )"
                  R"(r2."id" = ?)))))) AND "id" = ?))"));
}

TEST(ToSql, GroupsAreFilteredByWhatTheyShow) {
    Query query;
    query.fields = {"price", "COUNT(*)", "max(id)"};
    query.group = {"price"};
    query.having = "(COUNT_ALL > 1) and (max( ID ) < 5) and (price is not null)";
    EXPECT_EQ(sql_of(SqliteDialect(), query),
              R"(SELECT "price", COUNT(*), MAX("id") FROM "t" GROUP BY "price" HAVING )"
              R"((COUNT(*) > ? AND MAX("id") < ? AND "price" IS NOT NULL) LIMIT ? <- 1 5 100)");
    query.having = "MIN(id) = 1";
    EXPECT_THAT(sql_of(SqliteDialect(), query), HasSubstr("'MIN(id)'"));
    query.group.clear();
    query.fields.clear();
    EXPECT_EQ(sql_of(SqliteDialect(), query), "Parameter 'having' needs 'group'.");
}

}  // namespace
}  // namespace sluice::services::sql
