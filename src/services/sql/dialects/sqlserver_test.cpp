#include "services/sql/dialects/sqlserver.h"

#include <array>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <gtest/gtest.h>

#include "services/sql/alter/table_change.h"
#include "services/sql/column_sql.h"
#include "services/sql/dialects/canned_catalogue.h"
#include "services/sql/dialects/sqlserver_columns.h"
#include "services/sql/new_table.h"
#include "services/sql/plan.h"
#include "services/sql/to_sql.h"

namespace sluice::services::sql {
namespace {

const SqlServerDialect kDialect("");

std::shared_ptr<Table> make_table() {
    auto table = std::make_shared<Table>();
    table->name = "t";
    table->quoted = "[dbo].[t]";
    struct Made {
        const char* name;
        Kind kind;
        const char* db_type;
    };
    constexpr std::array kColumns{
        Made{"id", Kind::Integer, "int"},
        Made{"name", Kind::Text, "nvarchar(80)"},
        Made{"price", Kind::Decimal, "decimal(12,2)"},
        Made{"active", Kind::Boolean, "bit"},
        Made{"version", Kind::Binary, "timestamp"},
        Made{"born", Kind::Date, "date"},
    };
    for (const Made& made : kColumns) {
        Column column;
        column.name = made.name;
        column.kind = made.kind;
        column.db_type = made.db_type;
        kDialect.quote(column.quoted, made.name);
        finish(column);
        table->columns.push_back(std::move(column));
    }
    table->columns[0].is_auto_increment = true;
    table->keys = {0};
    return table;
}

std::string shown(const Statement& statement) {
    std::string out = statement.text;
    for (std::size_t i = 0; i < statement.values.size(); ++i) {
        out += (i == 0 ? " <- " : ", ") + text_of(statement.values[i]);
    }
    return out;
}

std::string read(const Query& query, const Grant& grant = {}) {
    const auto select = plan_select(make_table(), query, grant, 100);
    return select ? shown(to_sql(kDialect, *select, select->limit)) : select.error().message();
}

struct Read {
    const char* filter;
    const char* sql;
};

TEST(SqlServerText, WritesFilters) {
    constexpr std::array kReads{
        Read{"id = 1", "[id] = ? <- 100, 1"},
        Read{"name is null", "[name] IS NULL <- 100"},
        Read{"price > 1.5", "[price] > ? <- 100, 1.5"},
        Read{"active = true", "[active] = ? <- 100, true"},
        Read{"id in (1,2)", "[id] IN (?, ?) <- 100, 1, 2"},
        Read{"id between 1 and 2", "[id] BETWEEN ? AND ? <- 100, 1, 2"},
        Read{"name contains 'a[b]%_'", R"([name] LIKE ? ESCAPE '\' <- 100, %a\[b]\%\_%)"},
        Read{"name like '[x]%'", R"([name] LIKE ? ESCAPE '\' <- 100, \[x]%)"},
        Read{"id like '1%'", R"(CAST([id] AS NVARCHAR(MAX)) LIKE ? ESCAPE '\' <- 100, 1%)"},
        Read{"not (id = 1)", "NOT ([id] = ?) <- 100, 1"},
        Read{"(id = 1) and (name = 'x')", "([id] = ? AND [name] = ?) <- 100, 1, x"},
        Read{"(id = 1) or (name = '日本')", "([id] = ? OR [name] = ?) <- 100, 1, 日本"},
        Read{
            "(id = 1) xor (name = 'x')",
            "((CASE WHEN ([id] = ?) THEN 1 WHEN NOT ([id] = ?) THEN 0 END + CASE WHEN ([name] = ?) "
            "THEN 1 WHEN NOT ([name] = ?) THEN 0 END) % 2 = 1) <- 100, 1, 1, x, x"},
    };
    for (const Read& one : kReads) {
        Query query;
        query.fields = {"id"};
        query.filter = one.filter;
        EXPECT_EQ(read(query), std::string("SELECT TOP (?) [id] FROM [dbo].[t] WHERE ") + one.sql);
    }
}

TEST(SqlServerText, PagesBehindAnOrder) {
    Query query;
    query.fields = {"id", "name"};
    query.limit = 5;
    query.order = {{"name", true, false}, {"id", false, true}, {"name", false, std::nullopt}};
    EXPECT_EQ(read(query),
              "SELECT TOP (?) [id], [name] FROM [dbo].[t] ORDER BY CASE WHEN [name] IS NULL THEN 1 "
              "ELSE 0 END, [name] DESC, CASE WHEN [id] IS NULL THEN 0 ELSE 1 END, [id] <- 5");
    query.order.resize(0);
    query.offset = 10;
    EXPECT_EQ(
        read(query),
        "SELECT [id], [name] FROM [dbo].[t] ORDER BY (SELECT NULL) OFFSET ? ROWS FETCH NEXT ? "
        "ROWS ONLY <- 10, 5");
    query.order = {{"name", false, std::nullopt}};
    EXPECT_EQ(
        read(query),
        "SELECT [id], [name] FROM [dbo].[t] ORDER BY [name] OFFSET ? ROWS FETCH NEXT ? ROWS ONLY "
        "<- 10, 5");
}

TEST(SqlServerText, FetchesNoRowsWithoutFetch) {
    Select select;
    select.table = make_table();
    select.sources = {{&select.table->columns[0], {}}};
    select.offset = 10;
    EXPECT_EQ(shown(to_sql(kDialect, select, 0)), "SELECT TOP (?) [id] FROM [dbo].[t] <- 0");
}

TEST(SqlServerText, CountsAndAggregates) {
    Select select;
    select.table = make_table();
    const Table& table = *select.table;
    select.sources = {{nullptr, "COUNT"},
                      {&table.columns[0], "SUM"},
                      {&table.columns[0], "AVG"},
                      {&table.columns[2], "AVG"}};
    select.group = {&table.columns[1]};
    EXPECT_EQ(shown(to_sql(kDialect, select, 3)),
              "SELECT TOP (?) COUNT(*), SUM(CAST([id] AS BIGINT)), AVG(CAST([id] AS FLOAT)), "
              "AVG([price]) FROM [dbo].[t] GROUP BY [name] <- 3");
    EXPECT_EQ(shown(to_count_sql(kDialect, select)),
              "SELECT COUNT(*) FROM (SELECT 1 AS one FROM [dbo].[t] GROUP BY [name]) AS grouped");
}

TEST(SqlServerText, DeepXorDoesNotGrowWithoutBound) {
    std::string filter = "(id = 1)";
    for (int i = 0; i < 20; ++i) {
        filter = "(" + filter + " xor (id = 2))";
    }
    Query query;
    query.filter = filter;
    EXPECT_LT(read(query).size(), 20'000U);
}

TEST(SqlServerText, ChangesHandTheirRowsBack) {
    const auto table = make_table();
    const Column* id = table->find("id");
    const Column* name = table->find("name");
    Condition permitted;
    permitted.form = Condition::Form::Compare;
    permitted.column = table->find("active");
    permitted.values = {Value(true)};
    Condition by_id = permitted;
    by_id.column = id;
    by_id.values = {Value(std::int64_t{7})};

    Insert insert{table.get(), {{name, Value(std::string("x"))}}, {{id, {}}}, &permitted};
    EXPECT_EQ(
        shown(to_sql(kDialect, insert)),
        "INSERT INTO [dbo].[t] ([name]) OUTPUT inserted.[id], CASE WHEN inserted.[active] = ? "
        "THEN 1 ELSE 0 END VALUES (?) <- true, x");
    insert.permitted = nullptr;
    insert.assignments.clear();
    EXPECT_EQ(shown(to_sql(kDialect, insert)),
              "INSERT INTO [dbo].[t] OUTPUT inserted.[id] DEFAULT VALUES");
    insert.assignments = {{id, Value(std::int64_t{7})}};
    EXPECT_EQ(shown(to_sql(kDialect, insert)),
              "SET IDENTITY_INSERT [dbo].[t] ON; INSERT INTO [dbo].[t] ([id]) OUTPUT inserted.[id] "
              "VALUES (?); SET IDENTITY_INSERT [dbo].[t] OFF <- 7");

    Update update{table.get(), {{name, Value(std::string("x"))}}, by_id, {{id, {}}}, &permitted};
    EXPECT_EQ(
        shown(to_sql(kDialect, update)),
        "UPDATE [dbo].[t] SET [name] = ? OUTPUT inserted.[id], CASE WHEN inserted.[active] = ? "
        "THEN 1 ELSE 0 END WHERE [id] = ? <- x, true, 7");

    Delete removal{table.get(), by_id, {{id, {}}, {name, {}}}};
    EXPECT_EQ(shown(to_sql(kDialect, removal)),
              "DELETE FROM [dbo].[t] OUTPUT deleted.[id], deleted.[name] WHERE [id] = ? <- 7");
    removal.returns_nothing = true;
    EXPECT_EQ(shown(to_sql(kDialect, removal)), "DELETE FROM [dbo].[t] WHERE [id] = ? <- 7");
}

TEST(SqlServerText, TriggersAreWrittenAround) {
    const auto table = make_table();
    table->has_triggers = true;
    const Insert insert{table.get(),
                        {{table->find("name"), Value(std::string("x"))}},
                        {{table->find("id"), {}}, {table->find("version"), {}}},
                        nullptr};
    EXPECT_EQ(
        shown(to_sql(kDialect, insert)),
        "DECLARE @changed TABLE (c0 int, c1 binary(8)); INSERT INTO [dbo].[t] ([name]) OUTPUT "
        "inserted.[id], inserted.[version] INTO @changed VALUES (?); SELECT * FROM @changed <- "
        "x");
    Condition permitted;
    const Update update{
        table.get(), {{table->find("name"), Value(std::string("x"))}}, {}, {}, &permitted};
    EXPECT_EQ(
        shown(to_sql(kDialect, update)),
        "DECLARE @changed TABLE (c0 int, permitted int); UPDATE [dbo].[t] SET [name] = ? OUTPUT "
        "1, CASE WHEN (1 = 1) THEN 1 ELSE 0 END INTO @changed; SELECT * FROM @changed <- x");
}

TEST(SqlServerText, QuotesNamesWithBrackets) {
    std::string out;
    kDialect.quote(out, "a]b['\"");
    EXPECT_EQ(out, "[a]]b['\"]");
}

TEST(SqlServerText, MakesColumns) {
    struct Made {
        const char* field;
        const char* sql;
    };
    constexpr std::array kMade{
        Made{R"({"name":"c","type":"id"})", "[c] INTEGER IDENTITY(1,1) PRIMARY KEY"},
        Made{R"({"name":"c","type":"string"})", "[c] NVARCHAR(255)"},
        Made{R"({"name":"c","type":"string","length":30,"allow_null":false,"default":"日'"})",
             "[c] NVARCHAR(30) NOT NULL DEFAULT N'日'''"},
        Made{R"({"name":"c","type":"string","length":2,"fixed_length":true})", "[c] NCHAR(2)"},
        Made{R"({"name":"c","type":"text"})", "[c] NVARCHAR(MAX)"},
        Made{R"({"name":"c","type":"boolean","default":true})", "[c] BIT DEFAULT '1'"},
        Made{R"({"name":"c","type":"integer","default":5})", "[c] INTEGER DEFAULT 5"},
        Made{R"({"name":"c","type":"bigint","is_unique":true})", "[c] BIGINT UNIQUE"},
        Made{R"({"name":"c","type":"float"})", "[c] REAL"},
        Made{R"({"name":"c","type":"double"})", "[c] FLOAT"},
        Made{R"({"name":"c","type":"decimal","precision":12,"scale":3})", "[c] DECIMAL(12,3)"},
        Made{R"({"name":"c","type":"money"})", "[c] DECIMAL(19,4)"},
        Made{R"({"name":"c","type":"date","default":{"expression":"CURRENT_DATE"}})",
             "[c] DATE DEFAULT CAST(SYSDATETIME() AS DATE)"},
        Made{R"({"name":"c","type":"datetime"})", "[c] DATETIME2"},
        Made{R"({"name":"c","type":"timestamp_on_create"})",
             "[c] DATETIMEOFFSET DEFAULT CURRENT_TIMESTAMP"},
        Made{R"({"name":"c","type":"time"})", "[c] TIME"},
        Made{R"({"name":"c","type":"binary"})", "[c] VARBINARY(MAX)"},
        Made{R"({"name":"c","type":"json"})", "[c] NVARCHAR(MAX)"},
        Made{R"({"name":"c","type":"uuid"})", "[c] UNIQUEIDENTIFIER"},
    };
    for (const Made& made : kMade) {
        const auto column = read_new_column(json::parse(made.field));
        ASSERT_TRUE(column) << made.field << column.error().message();
        const auto sql = column_sql(kDialect, *column, true);
        ASSERT_TRUE(sql) << sql.error().message();
        EXPECT_EQ(*sql, made.sql);
    }
}

TEST(SqlServerText, RestrictsWithoutTheWord) {
    NewColumn column;
    column.ref_on_delete = "restrict";
    column.ref_on_update = "cascade";
    EXPECT_EQ(references_sql(kDialect, column, "[dbo].[t]", "[id]").value(),
              " REFERENCES [dbo].[t] ([id]) ON DELETE NO ACTION ON UPDATE CASCADE");
}

RowList::Row catalogue_row(std::vector<Value> values) {
    RowList::Row row;
    for (Value& value : values) {
        row.add(std::move(value));
    }
    return row;
}

TEST(SqlServerText, ReadsColumnsOfTheCatalogue) {
    const auto read_column = [](const char* type, int bytes, int precision, int scale,
                                Value preset = Null{}, int is_identity = 0, int is_computed = 0) {
        return sqlserver_column(
            kDialect, catalogue_row({Value(std::string("c]")), Value(std::string(type)),
                                     Value(std::int64_t{bytes}), Value(std::int64_t{precision}),
                                     Value(std::int64_t{scale}), Value(std::int64_t{1}),
                                     Value(std::int64_t{is_identity}),
                                     Value(std::int64_t{is_computed}), std::move(preset)}));
    };
    const Column name = read_column("nvarchar", 160, 0, 0, Value(std::string("(N'x')")));
    EXPECT_EQ(name.quoted, "[c]]]");
    EXPECT_EQ(name.db_type, "nvarchar(80)");
    EXPECT_EQ(name.length, 80);
    EXPECT_EQ(name.default_text, "'x'");
    EXPECT_EQ(read_column("varchar", -1, 0, 0).type, "text");
    EXPECT_EQ(read_column("varchar", -1, 0, 0).db_type, "varchar(max)");
    EXPECT_EQ(read_column("decimal", 9, 12, 2).db_type, "decimal(12,2)");
    EXPECT_EQ(read_column("tinyint", 1, 3, 0).greatest, 255);
    EXPECT_EQ(read_column("datetime2", 8, 27, 7).db_type, "datetime2(7)");
    EXPECT_TRUE(read_column("datetimeoffset", 10, 34, 7).keeps_offset);
    EXPECT_TRUE(read_column("timestamp", 8, 0, 0).is_generated);
    EXPECT_TRUE(read_column("int", 4, 10, 0, Null{}, 1).is_auto_increment);
    EXPECT_TRUE(read_column("int", 4, 10, 0, Value(std::string("([a]+(1))")), 0, 1).is_generated);
    EXPECT_EQ(read_column("bit", 1, 1, 0).kind, Kind::Boolean);
    EXPECT_EQ(read_column("uniqueidentifier", 16, 0, 0).kind, Kind::Uuid);
    EXPECT_EQ(read_column("sql_variant", 8016, 0, 0).kind, Kind::Any);
}

TEST(SqlServerText, ReadsDefaultsWithoutTheirBrackets) {
    EXPECT_EQ(sqlserver_default("((0))"), "0");
    EXPECT_EQ(sqlserver_default("((-1.5))"), "-1.5");
    EXPECT_EQ(sqlserver_default("('a)(b')"), "'a)(b'");
    EXPECT_EQ(sqlserver_default("(N'x')"), "'x'");
    EXPECT_EQ(sqlserver_default("(getdate())"), "CURRENT_TIMESTAMP");
    EXPECT_EQ(sqlserver_default("((1)+(2))"), "(1)+(2)");
    EXPECT_EQ(sqlserver_default("(newid())"), "newid()");
}

std::vector<std::string> altered(const TableChange& change, CannedCatalogue& catalogue) {
    boost::asio::io_context loop{1};
    std::vector<std::string> statements;
    boost::asio::co_spawn(loop, kDialect.alter(catalogue, change, Deadline()),
                          [&statements](std::exception_ptr, Result<Alteration> made) {
                              statements =
                                  made ? made->statements : std::vector{made.error().message()};
                          });
    loop.run();
    return statements;
}

TEST(SqlServerText, AltersTables) {
    const auto table = make_table();
    table->columns[1].default_text = "'x'";
    TableChange change;
    change.table = table;
    change.dropped = {table->find("born")};
    FieldChange field;
    field.column = table->find("name");
    field.wanted.name = "ti'tle";
    field.wanted.type = "string";
    field.wanted.length = 30;
    field.wanted.allows_null = false;
    field.has_new_type = field.has_new_nullability = field.is_renamed = field.becomes_unique = true;
    change.changed = {field};
    NewField added;
    added.column.name = "n";
    added.column.type = "integer";
    added.column.is_index = true;
    added.references = " REFERENCES [dbo].[o] ([id])";
    change.added = {added};
    CannedCatalogue catalogue({{"DF_1", "default"}, {"IX]", "index"}});
    const std::vector<std::string> wanted{
        "ALTER TABLE [dbo].[t] DROP CONSTRAINT [DF_1]",
        "DROP INDEX [IX]]] ON [dbo].[t]",
        "ALTER TABLE [dbo].[t] DROP COLUMN [born]",
        "ALTER TABLE [dbo].[t] DROP CONSTRAINT [DF_1]",
        "ALTER TABLE [dbo].[t] ALTER COLUMN [name] NVARCHAR(30) NOT NULL",
        "ALTER TABLE [dbo].[t] ADD DEFAULT N'x' FOR [name]",
        "ALTER TABLE [dbo].[t] ADD UNIQUE ([name])",
        "EXEC sp_rename N'[dbo].[t].[name]', N'ti''tle', N'COLUMN'",
        "ALTER TABLE [dbo].[t] ADD [n] INTEGER REFERENCES [dbo].[o] ([id])",
        "CREATE INDEX [t.n_idx] ON [dbo].[t] ([n])",
    };
    EXPECT_EQ(altered(change, catalogue), wanted);
    ASSERT_EQ(catalogue.asked.size(), 2U);
    EXPECT_EQ(catalogue.asked[0].values[0], Value(std::string("[dbo].[t]")));
    EXPECT_EQ(catalogue.asked[0].values[1], Value(std::string("born")));
}

TEST(SqlServerText, DropsTheForeignKeysOfAFieldAlone) {
    const auto table = make_table();
    TableChange change;
    change.table = table;
    FieldChange field;
    field.column = table->find("name");
    field.wanted.name = "name";
    field.drops_reference = true;
    change.changed = {field};
    CannedCatalogue catalogue(
        {{"DF_1", "default"}, {"FK]", "reference"}, {"FK2", "long reference"}});
    EXPECT_EQ(altered(change, catalogue),
              (std::vector<std::string>{"ALTER TABLE [dbo].[t] DROP CONSTRAINT [FK]]]"}));
}

}  // namespace
}  // namespace sluice::services::sql
