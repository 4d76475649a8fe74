#include "services/sql/dialects/sqlite.h"

#include <algorithm>
#include <array>
#include <charconv>

#include "core/fields.h"
#include "services/sql/dialect_parts.h"

namespace sluice::services::sql {
namespace {

struct TypeRule {
    /// Part of the declared type, lower case.
    std::string_view part;
    Kind kind;
    std::string_view type;
};

/// First match counts: narrower words stand before the words they contain.
constexpr std::array kRules{
    TypeRule{"bool", Kind::Boolean, "boolean"},
    TypeRule{"tinyint(1)", Kind::Boolean, "boolean"},
    TypeRule{"json", Kind::Json, "json"},
    TypeRule{"uuid", Kind::Uuid, "string"},
    TypeRule{"bigint", Kind::Integer, "bigint"},
    TypeRule{"smallint", Kind::Integer, "smallint"},
    TypeRule{"interval", Kind::Text, "string"},
    TypeRule{"point", Kind::Text, "string"},
    TypeRule{"int", Kind::Integer, "integer"},
    TypeRule{"char", Kind::Text, "string"},
    TypeRule{"clob", Kind::Text, "text"},
    TypeRule{"text", Kind::Text, "text"},
    TypeRule{"string", Kind::Text, "string"},
    TypeRule{"blob", Kind::Binary, "binary"},
    TypeRule{"binary", Kind::Binary, "binary"},
    TypeRule{"double", Kind::Real, "double"},
    TypeRule{"real", Kind::Real, "double"},
    TypeRule{"floa", Kind::Real, "float"},
    TypeRule{"money", Kind::Decimal, "money"},
    TypeRule{"decimal(19,4)", Kind::Decimal, "money"},
    TypeRule{"dec", Kind::Decimal, "decimal"},
    TypeRule{"numeric", Kind::Decimal, "decimal"},
    TypeRule{"timestamp", Kind::DateTime, "timestamp"},
    TypeRule{"datetime", Kind::DateTime, "datetime"},
    TypeRule{"date", Kind::Date, "date"},
    TypeRule{"time", Kind::Time, "time"},
};

/// The one or two numbers in brackets.
void read_sizes(std::string_view declared, Column& column) {
    const std::size_t open = declared.find('(');
    const bool has_length = column.kind != Kind::Text || column.type != "string" ||
                            lower_case(declared).find("char") != std::string::npos;
    if (open == std::string_view::npos || !has_length) {  // INTERVAL(6) is no length
        return;
    }
    std::array<std::optional<int>, 2> sizes;
    const char* at = declared.data() + open + 1;
    const char* const end = declared.data() + declared.size();
    for (auto& size : sizes) {
        while (at != end && (*at == ' ' || *at == ',')) {
            ++at;
        }
        int number = 0;
        const auto [next, code] = std::from_chars(at, end, number);
        if (code != std::errc()) {
            break;
        }
        size = number;
        at = next;
    }
    if (column.kind == Kind::Decimal) {
        column.precision = sizes[0];
        column.scale = sizes[1];
    } else {
        column.length = sizes[0];
    }
}

/// INTEGER itself is of 64 bits here, whatever its name means elsewhere.
void read_range(std::string_view declared, Column& column) {
    if (column.kind != Kind::Integer || declared.find("unsigned") != std::string_view::npos) {
        return;
    }
    if (declared.find("smallint") != std::string_view::npos) {
        column.least = INT16_MIN;
        column.greatest = INT16_MAX;
    } else if (declared.find("tinyint") != std::string_view::npos) {
        // With a sign or without: who declares it may mean either.
        column.least = INT8_MIN;
        column.greatest = UINT8_MAX;
    }
}

constexpr std::string_view kListSql =
    "SELECT name, type = 'view' FROM sqlite_master WHERE type IN ('table', 'view') "
    "AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\' ORDER BY name";
constexpr std::string_view kFindSql =
    "SELECT name, type = 'view', (SELECT wr FROM pragma_table_list(m.name) WHERE schema = 'main') "
    "FROM sqlite_master m WHERE type IN ('table', 'view') "
    "AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\' AND lower(name) = lower(?1) "
    "ORDER BY name = ?1 DESC LIMIT 1";
constexpr std::string_view kColumnsSql =
    "SELECT name, type, \"notnull\", dflt_value, pk, hidden FROM pragma_table_xinfo(?1) "
    "WHERE hidden <> 1 ORDER BY cid";
constexpr std::string_view kIndexesSql =
    "SELECT l.\"unique\", i.name, (SELECT COUNT(*) FROM pragma_index_info(l.name)), l.partial "
    "FROM pragma_index_list(?1) l, pragma_index_info(l.name) i WHERE i.name IS NOT NULL";
/// A key names the table in any case, and its column only when it is not the primary key.
#define SLUICE_REFERENCE                                                           \
    "f.\"from\", (SELECT name FROM sqlite_master WHERE type = 'table' "            \
    "AND lower(name) = lower(f.\"table\")), COALESCE(f.\"to\", (SELECT name FROM " \
    "pragma_table_info(f.\"table\") WHERE pk = 1)), f.on_update, f.on_delete"
constexpr std::string_view kForeignKeysSql =
    "SELECT " SLUICE_REFERENCE ", COUNT(*) FROM pragma_foreign_key_list(?1) f GROUP BY f.id";
constexpr std::string_view kReferencesSql =
    "SELECT m.name, " SLUICE_REFERENCE
    ", "
    "EXISTS (SELECT 1 FROM pragma_index_list(m.name) l WHERE l.\"unique\" AND NOT l.partial "
    "AND (SELECT group_concat(i.name, char(0)) FROM pragma_index_info(l.name) i) = f.\"from\") "
    "OR (SELECT group_concat(name, char(0)) FROM pragma_table_info(m.name) WHERE pk > 0) "
    "= f.\"from\" FROM sqlite_master m, pragma_foreign_key_list(m.name) f "
    "WHERE m.type = 'table' AND m.name NOT LIKE 'sqlite\\_%' ESCAPE '\\' "
    "GROUP BY m.name, f.id HAVING COUNT(*) = 1 ORDER BY m.name, "
    "(SELECT cid FROM pragma_table_info(m.name) WHERE name = f.\"from\")";
#undef SLUICE_REFERENCE

Statement about(std::string_view sql, const std::string& name) {
    return {std::string(sql), {Value(name)}};
}

void add_columns(const Dialect& dialect, Table& table, const RowList& rows, bool has_rowid) {
    std::vector<std::pair<std::int64_t, std::size_t>> keys;  // position in the key, column
    for (const RowList::Row& row : rows.rows()) {
        Column column;
        column.name = text_of(row[0]);
        dialect.quote(column.quoted, column.name);
        finish(column);
        read_sqlite_type(text_of(row[1]), column);
        column.allows_null = integer_of(row[2]) == 0;
        if (!is_null(row[3])) {
            column.default_text = text_of(row[3]);
        }
        const std::int64_t key = integer_of(row[4]);
        column.is_generated = integer_of(row[5]) > 1;
        if (key > 0) {
            column.is_primary_key = true;
            keys.emplace_back(key, table.columns.size());
        }
        table.columns.push_back(std::move(column));
    }
    std::ranges::sort(keys);
    for (const auto& [position, index] : keys) {
        table.keys.push_back(index);
    }
    if (table.keys.size() != 1) {
        return;
    }
    Column& key = table.columns[table.keys.front()];
    key.is_unique = true;
    // An INTEGER PRIMARY KEY is the rowid itself and fills itself.
    if (has_rowid && equals_ignoring_case(key.db_type, "integer")) {
        key.is_auto_increment = true;
        key.allows_null = false;
        key.type = "id";
    }
}

void add_indexes(Table& table, const RowList& rows) {
    for (const RowList::Row& row : rows.rows()) {
        const std::string name = text_of(row[1]);
        const auto column = std::ranges::find(table.columns, name, &Column::name);
        if (column == table.columns.end()) {
            continue;
        }
        column->is_index = true;
        const bool is_alone = integer_of(row[2]) == 1 && integer_of(row[3]) == 0;
        column->is_unique = column->is_unique || (is_alone && integer_of(row[0]) != 0);
    }
}

void add_foreign_keys(Table& table, const RowList& rows) {
    for (const RowList::Row& row : rows.rows()) {
        const auto column = std::ranges::find(table.columns, text_of(row[0]), &Column::name);
        if (column != table.columns.end() && integer_of(row[5]) == 1 && !is_null(row[1])) {
            column->foreign_key =
                ForeignKey{text_of(row[1]), text_of(row[2]), text_of(row[3]), text_of(row[4])};
            column->type = column->type == "integer" ? "reference" : column->type;
        }
    }
}

constexpr TypeWords kNewTypes{
    .id = "INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL",
    .counts = {},  // only the rowid does
    .boolean = "TINYINT(1)",
    .real = "FLOAT",
    .real_8 = "DOUBLE",
    .decimal = "DECIMAL",
    .datetime = "DATETIME",
    .timestamp = "TIMESTAMP",
    .binary = "BLOB",
    .json = "JSON",
    .uuid = "UUID",
};

}  // namespace

void read_sqlite_type(std::string_view declared, Column& column) {
    column.db_type = declared;
    std::string word = lower_case(declared);
    std::erase(word, ' ');
    column.kind = Kind::Any;
    column.type = word.empty() ? "any" : "string";
    for (const TypeRule& rule : kRules) {
        if (word.find(rule.part) != std::string::npos) {
            column.kind = rule.kind;
            column.type = rule.type;
            break;
        }
    }
    column.spells_uuids = column.kind == Kind::Uuid;
    column.is_fixed_length = word.starts_with("char(") || word.starts_with("character(");
    read_sizes(declared, column);
    read_range(word, column);
}

void SqliteDialect::quote(std::string& out, std::string_view identifier) const {
    // In double quotes a name that no column has would be taken for a text.
    append_quoted(out, identifier, '`');
}

void SqliteDialect::placeholder(std::string& out, std::size_t, Kind) const {
    out.push_back('?');
}

Result<std::string> SqliteDialect::type_of(const NewColumn& column) const {
    return new_type(column, kNewTypes);
}

Task<Result<std::vector<TableName>>> SqliteDialect::list(Session& session,
                                                         Deadline deadline) const {
    RowList rows;
    const Statement statement{std::string(kListSql), {}};
    CO_CHECK(co_await session.read(statement, rows, deadline));
    co_return table_names(rows);
}

Task<Result<TableRef>> SqliteDialect::introspect(Session& session,
                                                 std::string name,
                                                 Deadline deadline) const {
    RowList found;
    const Statement find = about(kFindSql, name);
    CO_CHECK(co_await session.read(find, found, deadline));
    if (found.rows().empty()) {
        co_return TableRef{};
    }
    auto table = std::make_shared<Table>();
    table->name = text_of(found.rows().front()[0]);
    table->is_view = integer_of(found.rows().front()[1]) != 0;
    const bool has_rowid = !table->is_view && integer_of(found.rows().front()[2]) == 0;
    quote(table->quoted, table->name);
    RowList columns;
    const Statement columns_of = about(kColumnsSql, table->name);
    CO_CHECK(co_await session.read(columns_of, columns, deadline));
    add_columns(*this, *table, columns, has_rowid);
    RowList indexes;
    const Statement indexes_of = about(kIndexesSql, table->name);
    CO_CHECK(co_await session.read(indexes_of, indexes, deadline));
    add_indexes(*table, indexes);
    RowList foreign_keys;
    const Statement foreign_keys_of = about(kForeignKeysSql, table->name);
    CO_CHECK(co_await session.read(foreign_keys_of, foreign_keys, deadline));
    add_foreign_keys(*table, foreign_keys);
    co_return TableRef(std::move(table));
}

Task<Result<std::vector<Reference>>> SqliteDialect::references(Session& session,
                                                               Deadline deadline) const {
    RowList rows;
    const Statement statement{std::string(kReferencesSql), {}};
    CO_CHECK(co_await session.read(statement, rows, deadline));
    auto references = references_of(rows);
    // SQLite lets a key refer to a table that is not there.
    std::erase_if(references, [](const Reference& reference) {
        return reference.to.table.empty() || reference.to.column.empty();
    });
    co_return references;
}

}  // namespace sluice::services::sql
