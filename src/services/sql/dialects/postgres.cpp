#include "services/sql/dialects/postgres.h"

#include <algorithm>

#include "core/fields.h"
#include "services/sql/dialect_parts.h"
#include "services/sql/dialects/postgres_columns.h"

namespace sluice::services::sql {
namespace {

/// Tables and the name that clients know them by; $1 is the only schema or '', $2 the one whose
/// tables need no prefix.
#define SLUICE_TABLES                                                                      \
    "SELECT c.oid, n.nspname, c.relname, c.relkind IN ('v', 'm') AS is_view, "             \
    "CASE WHEN n.nspname = $2::text THEN c.relname::text "                                 \
    "ELSE n.nspname || '.' || c.relname END AS shown "                                     \
    "FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace " \
    "WHERE c.relkind IN ('r', 'p', 'v', 'm', 'f') AND NOT c.relispartition "               \
    "AND (n.nspname = $1::text OR ($1::text = '' AND n.nspname <> 'information_schema' "   \
    "AND n.nspname !~ '^pg_'))"

constexpr std::string_view kListSql =
    "SELECT shown, is_view FROM (" SLUICE_TABLES ") t ORDER BY shown";
/// The usual case, served by an index of the catalogue.
constexpr std::string_view kFindExactSql =
    SLUICE_TABLES " AND n.nspname = $2::text AND c.relname = $3::text";
/// Only ASCII letters match in another case, as roles and event names compare them: a spelling that
/// they take for another table must not find this one.
constexpr std::string_view kFindAnySql = "SELECT * FROM (" SLUICE_TABLES
                                         ") t WHERE lower(shown COLLATE \"C\") = lower($3::text "
                                         "COLLATE \"C\") ORDER BY (shown = $3::text) DESC LIMIT 1";

constexpr std::string_view kColumnsSql =
    "SELECT a.attnum, a.attname, COALESCE(b.typname, t.typname), "
    "pg_catalog.format_type(a.atttypid, a.atttypmod), a.attnotnull, "
    "pg_catalog.pg_get_expr(d.adbin, d.adrelid), a.attidentity, a.attgenerated, a.atttypmod "
    "FROM pg_catalog.pg_attribute a JOIN pg_catalog.pg_type t ON t.oid = a.atttypid "
    "LEFT JOIN pg_catalog.pg_type b ON t.typtype = 'd' AND b.oid = t.typbasetype "
    "LEFT JOIN pg_catalog.pg_attrdef d ON d.adrelid = a.attrelid AND d.adnum = a.attnum "
    "WHERE a.attrelid = $1::bigint::oid AND a.attnum > 0 AND NOT a.attisdropped "
    "ORDER BY a.attnum";
constexpr std::string_view kIndexesSql =
    "SELECT k.attnum, i.indisprimary, i.indisunique, i.indnkeyatts, i.indpred IS NOT NULL "
    "FROM pg_catalog.pg_index i, unnest(i.indkey) WITH ORDINALITY k(attnum, position) "
    "WHERE i.indrelid = $1::bigint::oid AND i.indisvalid AND k.attnum > 0 "
    "AND k.position <= i.indnkeyatts ORDER BY i.indexrelid, k.position";
constexpr std::string_view kForeignKeysSql =
    "SELECT c.conkey[1], CASE WHEN n.nspname = $2::text THEN r.relname::text "
    "ELSE n.nspname || '.' || r.relname END, a.attname, c.confupdtype, c.confdeltype "
    "FROM pg_catalog.pg_constraint c JOIN pg_catalog.pg_class r ON r.oid = c.confrelid "
    "JOIN pg_catalog.pg_namespace n ON n.oid = r.relnamespace "
    "JOIN pg_catalog.pg_attribute a ON a.attrelid = c.confrelid AND a.attnum = c.confkey[1] "
    "WHERE c.conrelid = $1::bigint::oid AND c.contype = 'f' AND cardinality(c.conkey) = 1";

constexpr std::string_view kReferencesSql =
    "SELECT f.shown, x.attname, t.shown, y.attname, c.confupdtype, c.confdeltype, "
    "EXISTS (SELECT 1 FROM pg_catalog.pg_index i WHERE i.indrelid = c.conrelid AND i.indisunique "
    "AND i.indisvalid AND i.indpred IS NULL AND i.indnkeyatts = 1 AND i.indkey[0] = c.conkey[1]) "
    "FROM pg_catalog.pg_constraint c "
    "JOIN (" SLUICE_TABLES
    ") f ON f.oid = c.conrelid "
    "JOIN (" SLUICE_TABLES
    ") t ON t.oid = c.confrelid "
    "JOIN pg_catalog.pg_attribute x ON x.attrelid = c.conrelid AND x.attnum = c.conkey[1] "
    "JOIN pg_catalog.pg_attribute y ON y.attrelid = c.confrelid AND y.attnum = c.confkey[1] "
    "WHERE c.contype = 'f' AND cardinality(c.conkey) = 1 ORDER BY f.shown, x.attnum, c.oid";
#undef SLUICE_TABLES

std::string action_of(const std::string& letter) {
    switch (letter.empty() ? 'a' : letter.front()) {
        case 'c':
            return "CASCADE";
        case 'n':
            return "SET NULL";
        case 'd':
            return "SET DEFAULT";
        case 'r':
            return "RESTRICT";
        default:
            return "NO ACTION";
    }
}

/// Columns in the order of their numbers, which have gaps where columns were dropped.
struct Numbered {
    std::vector<std::int64_t> numbers;
    Table* table;

    Column* find(std::int64_t number) const {
        const auto found = std::ranges::find(numbers, number);
        return found == numbers.end()
                   ? nullptr
                   : &table->columns[static_cast<std::size_t>(found - numbers.begin())];
    }
};

void add_indexes(const Numbered& columns, const RowList& rows) {
    for (const RowList::Row& row : rows.rows()) {
        note_index(*columns.table, columns.find(integer_of(row[0])), row);
    }
    name_the_id(*columns.table);
}

void add_foreign_keys(const Numbered& columns, const RowList& rows) {
    for (const RowList::Row& row : rows.rows()) {
        Column* column = columns.find(integer_of(row[0]));
        if (column != nullptr) {
            column->foreign_key =
                ForeignKey{text_of(row[1]), text_of(row[2]), action_of(text_of(row[3])),
                           action_of(text_of(row[4]))};
            column->type = column->type == "integer" ? "reference" : column->type;
        }
    }
}

constexpr TypeWords kNewTypes{
    .id = "INTEGER GENERATED BY DEFAULT AS IDENTITY PRIMARY KEY",
    .counts = " GENERATED BY DEFAULT AS IDENTITY PRIMARY KEY",
    .boolean = "BOOLEAN",
    .real = "REAL",
    .real_8 = "DOUBLE PRECISION",
    .decimal = "NUMERIC",
    .datetime = "TIMESTAMP",
    .timestamp = "TIMESTAMPTZ",
    .binary = "BYTEA",
    .json = "JSONB",
    .uuid = "UUID",
};

}  // namespace

void PostgresDialect::quote(std::string& out, std::string_view identifier) const {
    append_quoted(out, identifier, '"');
}

void PostgresDialect::placeholder(std::string& out, std::size_t index, Kind kind) const {
    out.push_back('$');
    out.append(std::to_string(index));
    if (kind == Kind::Integer) {
        out.append("::bigint");  // else a number too big for the column would be an error
    }
}

Result<std::string> PostgresDialect::type_of(const NewColumn& column) const {
    return new_type(column, kNewTypes);
}

Task<Result<std::vector<TableName>>> PostgresDialect::list(Session& session,
                                                           Deadline deadline) const {
    RowList rows;
    const std::string bare = schema_.empty() ? "public" : schema_;
    const Statement statement{std::string(kListSql), {Value(schema_), Value(bare)}};
    CO_CHECK(co_await session.read(statement, rows, deadline));
    co_return table_names(rows);
}

Task<Result<TableRef>> PostgresDialect::introspect(Session& session,
                                                   std::string name,
                                                   Deadline deadline) const {
    const std::string bare = schema_.empty() ? "public" : schema_;
    RowList found;
    for (const std::string_view sql : {kFindExactSql, kFindAnySql}) {
        const Statement find{std::string(sql), {Value(schema_), Value(bare), Value(name)}};
        CO_CHECK(co_await session.read(find, found, deadline));
        if (!found.rows().empty()) {
            break;
        }
    }
    if (found.rows().empty()) {
        co_return TableRef{};
    }
    const RowList::Row& row = found.rows().front();
    auto table = std::make_shared<Table>();
    const Value oid(integer_of(row[0]));
    quote(table->quoted, text_of(row[1]));
    table->quoted += ".";
    quote(table->quoted, text_of(row[2]));
    table->is_view = integer_of(row[3]) != 0;
    table->name = text_of(row[4]);
    Numbered numbered{{}, table.get()};
    RowList columns;
    const Statement columns_of{std::string(kColumnsSql), {oid}};
    CO_CHECK(co_await session.read(columns_of, columns, deadline));
    for (const RowList::Row& column : columns.rows()) {
        numbered.numbers.push_back(integer_of(column[0]));
        table->columns.push_back(postgres_column(*this, column));
    }
    RowList indexes;
    const Statement indexes_of{std::string(kIndexesSql), {oid}};
    CO_CHECK(co_await session.read(indexes_of, indexes, deadline));
    add_indexes(numbered, indexes);
    RowList foreign_keys;
    const Statement foreign_keys_of{std::string(kForeignKeysSql), {oid, Value(bare)}};
    CO_CHECK(co_await session.read(foreign_keys_of, foreign_keys, deadline));
    add_foreign_keys(numbered, foreign_keys);
    co_return TableRef(std::move(table));
}

Task<Result<std::vector<Reference>>> PostgresDialect::references(Session& session,
                                                                 Deadline deadline) const {
    RowList rows;
    const std::string bare = schema_.empty() ? "public" : schema_;
    const Statement statement{std::string(kReferencesSql), {Value(schema_), Value(bare)}};
    CO_CHECK(co_await session.read(statement, rows, deadline));
    auto references = references_of(rows);
    for (Reference& reference : references) {
        reference.to.on_update = action_of(reference.to.on_update);
        reference.to.on_delete = action_of(reference.to.on_delete);
    }
    co_return references;
}

}  // namespace sluice::services::sql
