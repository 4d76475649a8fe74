#include "services/sql/dialects/sqlserver.h"

#include <algorithm>

#include "core/fields.h"
#include "services/sql/dialect_parts.h"
#include "services/sql/dialects/sqlserver_columns.h"

namespace sluice::services::sql {
namespace {

/// Tables and the name that clients know them by; the values are the only schema or '' three times,
/// first for the one whose tables need no prefix, which is the user's own otherwise.
#define SLUICE_TABLES                                                                 \
    "SELECT o.object_id, s.name AS schema_name, o.name AS table_name, "               \
    "CASE WHEN o.type = 'V' THEN 1 ELSE 0 END AS is_view, "                           \
    "CASE WHEN s.name = COALESCE(NULLIF(?, ''), SCHEMA_NAME()) THEN o.name "          \
    "ELSE s.name + N'.' + o.name END AS shown, "                                      \
    "CASE WHEN EXISTS (SELECT 1 FROM sys.triggers g WHERE g.parent_id = o.object_id " \
    "AND g.is_disabled = 0) THEN 1 ELSE 0 END AS has_triggers "                       \
    "FROM sys.objects o JOIN sys.schemas s ON s.schema_id = o.schema_id "             \
    "WHERE o.type IN ('U', 'V') AND o.is_ms_shipped = 0 AND s.name NOT IN (N'sys', "  \
    "N'INFORMATION_SCHEMA') AND (s.name = ? OR ? = '')"

constexpr std::string_view kListSql =
    "SELECT shown, is_view FROM (" SLUICE_TABLES ") t ORDER BY shown";
constexpr std::string_view kFindSql =
    "SELECT object_id, schema_name, table_name, is_view, shown, has_triggers FROM (" SLUICE_TABLES
    ") t WHERE shown COLLATE Latin1_General_BIN2 = ?";

constexpr std::string_view kColumnsSql =
    "SELECT c.name, COALESCE(b.name, t.name), c.max_length, c.precision, c.scale, c.is_nullable, "
    "c.is_identity, CASE WHEN c.is_computed = 1 OR COLUMNPROPERTY(c.object_id, c.name, "
    "'GeneratedAlwaysType') > 0 THEN 1 ELSE 0 END, d.definition "
    "FROM sys.columns c JOIN sys.types t ON t.user_type_id = c.user_type_id "
    "LEFT JOIN sys.types b ON t.is_user_defined = 1 AND b.user_type_id = t.system_type_id "
    "LEFT JOIN sys.default_constraints d ON d.object_id = c.default_object_id "
    "WHERE c.object_id = ? ORDER BY c.column_id";
/// One of values other than NULL is what UNIQUE means everywhere else.
constexpr std::string_view kIndexesSql =
    "SELECT c.name, i.is_primary_key, i.is_unique, (SELECT COUNT(*) FROM sys.index_columns n "
    "WHERE n.object_id = i.object_id AND n.index_id = i.index_id AND n.key_ordinal > 0), "
    "CASE WHEN i.has_filter = 1 AND i.filter_definition <> N'(' + QUOTENAME(c.name) + "
    "N' IS NOT NULL)' THEN 1 ELSE 0 END FROM sys.indexes i JOIN sys.index_columns k ON k.object_id "
    "= i.object_id "
    "AND k.index_id = i.index_id JOIN sys.columns c ON c.object_id = k.object_id "
    "AND c.column_id = k.column_id WHERE i.object_id = ? AND i.is_disabled = 0 "
    "AND i.is_hypothetical = 0 AND k.key_ordinal > 0 ORDER BY i.index_id, k.key_ordinal";
/// Foreign keys of one column; `f` and `r` are the tables as clients know them.
#define SLUICE_FOREIGN_KEYS                                                                        \
    "JOIN sys.foreign_key_columns k ON k.constraint_object_id = x.object_id "                      \
    "JOIN sys.columns a ON a.object_id = k.parent_object_id AND a.column_id = k.parent_column_id " \
    "JOIN sys.columns b ON b.object_id = k.referenced_object_id "                                  \
    "AND b.column_id = k.referenced_column_id "                                                    \
    "WHERE NOT EXISTS (SELECT 1 FROM sys.foreign_key_columns o "                                   \
    "WHERE o.constraint_object_id = x.object_id AND o.constraint_column_id > 1)"

constexpr std::string_view kForeignKeysSql =
    "SELECT a.name, r.shown, b.name, REPLACE(x.update_referential_action_desc, '_', ' '), "
    "REPLACE(x.delete_referential_action_desc, '_', ' ') FROM sys.foreign_keys x "
    "JOIN (" SLUICE_TABLES ") r ON r.object_id = x.referenced_object_id " SLUICE_FOREIGN_KEYS
    " AND x.parent_object_id = ? ORDER BY x.name";
constexpr std::string_view kReferencesSql =
    "SELECT f.shown, a.name, r.shown, b.name, REPLACE(x.update_referential_action_desc, '_', ' '), "
    "REPLACE(x.delete_referential_action_desc, '_', ' '), CASE WHEN EXISTS (SELECT 1 "
    "FROM sys.indexes i JOIN sys.index_columns n ON n.object_id = i.object_id "
    "AND n.index_id = i.index_id WHERE i.object_id = x.parent_object_id AND i.is_unique = 1 "
    "AND i.is_disabled = 0 AND i.has_filter = 0 AND n.column_id = k.parent_column_id "
    "AND n.key_ordinal = 1 AND NOT EXISTS (SELECT 1 FROM sys.index_columns m "
    "WHERE m.object_id = i.object_id AND m.index_id = i.index_id AND m.key_ordinal > 1)) "
    "THEN 1 ELSE 0 END FROM sys.foreign_keys x "
    "JOIN (" SLUICE_TABLES
    ") f ON f.object_id = x.parent_object_id "
    "JOIN (" SLUICE_TABLES ") r ON r.object_id = x.referenced_object_id " SLUICE_FOREIGN_KEYS
    " ORDER BY f.shown, a.column_id, x.name";
#undef SLUICE_TABLES
#undef SLUICE_FOREIGN_KEYS

constexpr TypeWords kNewTypes{
    .id = "INTEGER IDENTITY(1,1) PRIMARY KEY",
    .counts = " IDENTITY(1,1) PRIMARY KEY",
    .boolean = "BIT",
    .real = "REAL",
    .real_8 = "FLOAT",
    .decimal = "DECIMAL",
    .datetime = "DATETIME2",
    .timestamp = "DATETIMEOFFSET",
    .binary = "VARBINARY(MAX)",
    .json = "NVARCHAR(MAX)",
    .uuid = "UNIQUEIDENTIFIER",
    .text = "NVARCHAR(MAX)",
    .varying = "NVARCHAR",
    .fixed = "NCHAR",
};

Column* find_column(Table& table, const std::string& name) {
    const auto found = std::ranges::find(table.columns, name, &Column::name);
    return found == table.columns.end() ? nullptr : &*found;
}

void add_indexes(Table& table, const RowList& rows) {
    for (const RowList::Row& row : rows.rows()) {
        note_index(table, find_column(table, text_of(row[0])), row);
    }
    name_the_id(table);
}

void add_foreign_keys(Table& table, const RowList& rows) {
    for (const RowList::Row& row : rows.rows()) {
        Column* column = find_column(table, text_of(row[0]));
        if (column != nullptr && !column->foreign_key) {
            column->foreign_key =
                ForeignKey{text_of(row[1]), text_of(row[2]), text_of(row[3]), text_of(row[4])};
            column->type = column->type == "integer" ? "reference" : column->type;
        }
    }
}

}  // namespace

void SqlServerDialect::quote(std::string& out, std::string_view identifier) const {
    out.push_back('[');
    for (const char c : identifier) {
        out.append(c == ']' ? 2 : 1, c);
    }
    out.push_back(']');
}

void SqlServerDialect::placeholder(std::string& out, std::size_t, Kind) const {
    out.push_back('?');
}

Habits SqlServerDialect::habits() const {
    return {.text_type = "NVARCHAR(MAX)",
            .binds_decimals = true,
            .places_nulls = false,
            .paging = Paging::Top,
            .returning = Returning::Output,
            .compares_truths = false,
            .patterns_have_sets = true,
            .narrows_sums = true,
            .switches_identity = true,
            .knows_restrict = false,
            .text_mark = "N",
            .today = "CAST(SYSDATETIME() AS DATE)",
            .time_of_day = "CAST(SYSDATETIME() AS TIME)"};
}

Result<std::string> SqlServerDialect::type_of(const NewColumn& column) const {
    return new_type(column, kNewTypes);
}

Task<Result<std::vector<TableName>>> SqlServerDialect::list(Session& session,
                                                            Deadline deadline) const {
    RowList rows;
    const Value schema(schema_);
    const Statement statement{std::string(kListSql), {schema, schema, schema}};
    CO_CHECK(co_await session.read(statement, rows, deadline));
    co_return table_names(rows);
}

Task<Result<TableRef>> SqlServerDialect::introspect(Session& session,
                                                    std::string name,
                                                    Deadline deadline) const {
    const Value schema(schema_);
    RowList found;
    const auto is_found = [&found, &name] {
        // A text is equal to one with blanks behind it there, and no name may lead round a role.
        return !found.rows().empty() && text_of(found.rows().front()[4]) == name;
    };
    const Statement find{std::string(kFindSql), {schema, schema, schema, Value(name)}};
    CO_CHECK(co_await session.read(find, found, deadline));
    if (!is_found()) {
        // Only ASCII letters match in another case, as roles and event names compare them.
        CO_TRY(const auto names, co_await list(session, deadline));
        const auto meant = std::ranges::find_if(names, [&name](const TableName& table) {
            return equals_ignoring_case(table.name, name);
        });
        if (meant == names.end()) {
            co_return TableRef{};
        }
        name = meant->name;
        found.reset();
        const Statement again{std::string(kFindSql), {schema, schema, schema, Value(name)}};
        CO_CHECK(co_await session.read(again, found, deadline));
        if (!is_found()) {
            co_return TableRef{};
        }
    }
    const RowList::Row& row = found.rows().front();
    const Value id(integer_of(row[0]));
    auto table = std::make_shared<Table>();
    quote(table->quoted, text_of(row[1]));
    table->quoted += ".";
    quote(table->quoted, text_of(row[2]));
    table->is_view = integer_of(row[3]) != 0;
    table->name = text_of(row[4]);
    table->has_triggers = integer_of(row[5]) != 0;
    RowList columns;
    const Statement columns_of{std::string(kColumnsSql), {id}};
    CO_CHECK(co_await session.read(columns_of, columns, deadline));
    for (const RowList::Row& column : columns.rows()) {
        table->columns.push_back(sqlserver_column(*this, column));
    }
    RowList indexes;
    const Statement indexes_of{std::string(kIndexesSql), {id}};
    CO_CHECK(co_await session.read(indexes_of, indexes, deadline));
    add_indexes(*table, indexes);
    RowList foreign_keys;
    const Statement foreign_keys_of{std::string(kForeignKeysSql), {schema, schema, schema, id}};
    CO_CHECK(co_await session.read(foreign_keys_of, foreign_keys, deadline));
    add_foreign_keys(*table, foreign_keys);
    co_return TableRef(std::move(table));
}

Task<Result<std::vector<Reference>>> SqlServerDialect::references(Session& session,
                                                                  Deadline deadline) const {
    RowList rows;
    const Value schema(schema_);
    const Statement statement{std::string(kReferencesSql),
                              {schema, schema, schema, schema, schema, schema}};
    CO_CHECK(co_await session.read(statement, rows, deadline));
    co_return references_of(rows);
}

}  // namespace sluice::services::sql
