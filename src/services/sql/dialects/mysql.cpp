#include "services/sql/dialects/mysql.h"

#include <algorithm>
#include <array>
#include <map>
#include <set>

#include "core/fields.h"
#include "services/sql/dialect_parts.h"
#include "services/sql/dialects/mysql_columns.h"

namespace sluice::services::sql {
namespace {

constexpr std::string_view kTables =
    "SELECT TABLE_NAME, TABLE_TYPE = 'VIEW' FROM information_schema.TABLES "
    "WHERE TABLE_SCHEMA = DATABASE() "
    "AND TABLE_TYPE IN ('BASE TABLE', 'VIEW', 'SYSTEM VERSIONED')";
constexpr std::string_view kColumnsSql =
    "SELECT COLUMN_NAME, DATA_TYPE, COLUMN_TYPE, IS_NULLABLE, COLUMN_DEFAULT, EXTRA, "
    "CHARACTER_MAXIMUM_LENGTH, NUMERIC_PRECISION, NUMERIC_SCALE, DATETIME_PRECISION "
    "FROM information_schema.COLUMNS WHERE TABLE_SCHEMA = DATABASE() AND TABLE_NAME = ? "
    "AND BINARY TABLE_NAME = ? ORDER BY ORDINAL_POSITION";
/// A part of a column that is indexed makes no whole value unique.
constexpr std::string_view kIndexesSql =
    "SELECT INDEX_NAME, COLUMN_NAME, NON_UNIQUE, SUB_PART IS NOT NULL "
    "FROM information_schema.STATISTICS WHERE TABLE_SCHEMA = DATABASE() AND TABLE_NAME = ? "
    "AND BINARY TABLE_NAME = ? ORDER BY INDEX_NAME, SEQ_IN_INDEX";
constexpr std::string_view kForeignKeysSql =
    "SELECT k.CONSTRAINT_NAME, k.COLUMN_NAME, k.REFERENCED_TABLE_SCHEMA = DATABASE(), "
    "k.REFERENCED_TABLE_NAME, k.REFERENCED_COLUMN_NAME, r.UPDATE_RULE, r.DELETE_RULE "
    "FROM information_schema.KEY_COLUMN_USAGE k "
    "JOIN information_schema.REFERENTIAL_CONSTRAINTS r "
    "ON r.CONSTRAINT_SCHEMA = k.CONSTRAINT_SCHEMA AND r.CONSTRAINT_NAME = k.CONSTRAINT_NAME "
    "AND r.TABLE_NAME = k.TABLE_NAME "
    "WHERE k.TABLE_SCHEMA = DATABASE() AND k.TABLE_NAME = ? AND BINARY k.TABLE_NAME = ? "
    "AND k.REFERENCED_TABLE_NAME IS NOT NULL ORDER BY k.CONSTRAINT_NAME, k.ORDINAL_POSITION";
constexpr std::string_view kReferencesSql =
    "SELECT k.TABLE_NAME, k.COLUMN_NAME, k.REFERENCED_TABLE_NAME, k.REFERENCED_COLUMN_NAME, "
    "r.UPDATE_RULE, r.DELETE_RULE, 0, k.CONSTRAINT_NAME "
    "FROM information_schema.KEY_COLUMN_USAGE k "
    "JOIN information_schema.REFERENTIAL_CONSTRAINTS r "
    "ON r.CONSTRAINT_SCHEMA = k.CONSTRAINT_SCHEMA AND r.CONSTRAINT_NAME = k.CONSTRAINT_NAME "
    "AND r.TABLE_NAME = k.TABLE_NAME "
    "JOIN information_schema.COLUMNS c ON c.TABLE_SCHEMA = k.TABLE_SCHEMA "
    "AND c.TABLE_NAME = k.TABLE_NAME AND c.COLUMN_NAME = k.COLUMN_NAME "
    "WHERE k.TABLE_SCHEMA = DATABASE() AND k.REFERENCED_TABLE_SCHEMA = DATABASE() "
    "ORDER BY k.TABLE_NAME, c.ORDINAL_POSITION, k.CONSTRAINT_NAME";
constexpr std::string_view kUniqueSql =
    "SELECT TABLE_NAME, INDEX_NAME, COLUMN_NAME, SUB_PART IS NOT NULL "
    "FROM information_schema.STATISTICS WHERE TABLE_SCHEMA = DATABASE() AND NON_UNIQUE = 0";
/// MariaDB keeps JSON as text that a check watches over.
constexpr std::string_view kChecksSql =
    "SELECT CHECK_CLAUSE FROM information_schema.CHECK_CONSTRAINTS "
    "WHERE CONSTRAINT_SCHEMA = DATABASE() AND TABLE_NAME = ? AND BINARY TABLE_NAME = ?";

constexpr TypeWords kNewTypes{
    .id = "INTEGER NOT NULL AUTO_INCREMENT PRIMARY KEY",
    .counts = " NOT NULL AUTO_INCREMENT PRIMARY KEY",
    .boolean = "TINYINT(1)",
    .real = "FLOAT",
    .real_8 = "DOUBLE",
    .decimal = "DECIMAL",
    .datetime = "DATETIME",
    .timestamp = "TIMESTAMP",
    .binary = "LONGBLOB",
    .json = "JSON",
    .uuid = "CHAR(36)",
};

Column* find_column(Table& table, const std::string& name) {
    const auto found = std::ranges::find(table.columns, name, &Column::name);
    return found == table.columns.end() ? nullptr : &*found;
}

void add_indexes(Table& table, const RowList& rows) {
    std::map<std::string, std::vector<const RowList::Row*>> indexes;
    for (const RowList::Row& row : rows.rows()) {
        indexes[text_of(row[0])].push_back(&row);
    }
    for (const auto& [name, parts] : indexes) {
        for (const RowList::Row* part : parts) {
            Column* column = find_column(table, text_of((*part)[1]));
            if (column == nullptr) {
                continue;  // of an expression
            }
            column->is_index = true;
            const bool is_whole = parts.size() == 1 && integer_of((*part)[3]) == 0;
            column->is_unique = column->is_unique || (is_whole && integer_of((*part)[2]) == 0);
            if (name == "PRIMARY") {
                column->is_primary_key = true;
                table.keys.push_back(static_cast<std::size_t>(column - table.columns.data()));
            }
        }
    }
    if (table.keys.size() == 1 && table.columns[table.keys.front()].is_auto_increment) {
        table.columns[table.keys.front()].type = "id";
    }
}

void add_foreign_keys(Table& table, const RowList& rows) {
    std::map<std::string, int> sizes;
    for (const RowList::Row& row : rows.rows()) {
        ++sizes[text_of(row[0])];
    }
    for (const RowList::Row& row : rows.rows()) {
        Column* column = find_column(table, text_of(row[1]));
        // Those of several columns, and into other databases, are none that a client could follow.
        if (column == nullptr || sizes[text_of(row[0])] != 1 || integer_of(row[2]) == 0) {
            continue;
        }
        column->foreign_key =
            ForeignKey{text_of(row[3]), text_of(row[4]), text_of(row[5]), text_of(row[6])};
        column->type = column->type == "integer" ? "reference" : column->type;
    }
}

using Names = std::pair<std::string, std::string>;

/// Table and column of each index that lets no value be there twice.
std::set<Names> unique_columns(const RowList& rows) {
    std::map<Names, std::vector<const RowList::Row*>> indexes;
    for (const RowList::Row& row : rows.rows()) {
        indexes[{text_of(row[0]), text_of(row[1])}].push_back(&row);
    }
    std::set<Names> unique;
    for (const auto& [index, parts] : indexes) {
        if (parts.size() == 1 && integer_of((*parts.front())[3]) == 0) {
            unique.emplace(index.first, text_of((*parts.front())[2]));
        }
    }
    return unique;
}

/// json_valid(`name`)
void add_checks(Table& table, const RowList& rows) {
    for (Column& column : table.columns) {
        const std::string check = "json_valid(" + column.quoted + ")";
        const bool is_json = std::ranges::any_of(rows.rows(), [&check](const RowList::Row& row) {
            return equals_ignoring_case(text_of(row[0]), check);
        });
        if (is_json && column.kind == Kind::Text) {
            column.kind = Kind::Json;
            column.type = "json";
        }
    }
}

}  // namespace

void MysqlDialect::quote(std::string& out, std::string_view identifier) const {
    append_quoted(out, identifier, '`');
}

void MysqlDialect::placeholder(std::string& out, std::size_t, Kind) const {
    out.append("?");
}

Habits MysqlDialect::habits() const {
    return {.other_dates = OtherDates::Guessed,
            .instant = "CONVERT_TZ(?, '+00:00', @@session.time_zone)",
            .text_type = "CHAR",
            .binds_decimals = true,
            .places_nulls = false,
            .returns_inserted = facts_->has_returning,
            .returns_updated = false,
            .returns_deleted = facts_->has_returning,
            .index_names = IndexNames::FoundByAlter,
            .rolls_tables_back = false};
}

Result<std::string> MysqlDialect::type_of(const NewColumn& column) const {
    return new_type(column, kNewTypes);
}

Task<Result<std::vector<TableName>>> MysqlDialect::list(Session& session, Deadline deadline) const {
    RowList rows;
    const Statement statement{std::string(kTables) + " ORDER BY TABLE_NAME", {}};
    CO_CHECK(co_await session.read(statement, rows, deadline));
    co_return table_names(rows);
}

Task<Result<TableRef>> MysqlDialect::introspect(Session& session,
                                                std::string name,
                                                Deadline deadline) const {
    RowList found;
    const Statement by_name{std::string(kTables) + " AND TABLE_NAME = ?", {Value(name)}};
    CO_CHECK(co_await session.read(by_name, found, deadline));
    std::vector<TableName> names = table_names(found);
    auto meant = std::ranges::find(names, name, &TableName::name);
    if (meant == names.end()) {
        // Only ASCII letters match in another case, as roles and event names compare them.
        CO_TRY(names, co_await list(session, deadline));
        meant = std::ranges::find_if(names, [&name](const TableName& table) {
            return equals_ignoring_case(table.name, name);
        });
    }
    if (meant == names.end()) {
        co_return TableRef{};
    }
    auto table = std::make_shared<Table>();
    table->name = meant->name;
    table->is_view = meant->is_view;
    quote(table->quoted, table->name);
    const std::vector<Value> of{Value(table->name), Value(table->name)};
    RowList columns;
    const Statement columns_of{std::string(kColumnsSql), of};
    CO_CHECK(co_await session.read(columns_of, columns, deadline));
    for (const RowList::Row& column : columns.rows()) {
        table->columns.push_back(mysql_column(*this, column, facts_->is_mariadb));
    }
    if (table->is_view) {
        co_return TableRef(std::move(table));
    }
    RowList indexes;
    const Statement indexes_of{std::string(kIndexesSql), of};
    CO_CHECK(co_await session.read(indexes_of, indexes, deadline));
    add_indexes(*table, indexes);
    RowList foreign_keys;
    const Statement foreign_keys_of{std::string(kForeignKeysSql), of};
    CO_CHECK(co_await session.read(foreign_keys_of, foreign_keys, deadline));
    add_foreign_keys(*table, foreign_keys);
    if (facts_->is_mariadb) {
        RowList checks;
        const Statement checks_of{std::string(kChecksSql), of};
        CO_CHECK(co_await session.read(checks_of, checks, deadline));
        add_checks(*table, checks);
    }
    co_return TableRef(std::move(table));
}

Task<Result<std::vector<Reference>>> MysqlDialect::references(Session& session,
                                                              Deadline deadline) const {
    RowList keys;
    const Statement keys_of{std::string(kReferencesSql), {}};
    CO_CHECK(co_await session.read(keys_of, keys, deadline));
    RowList indexes;
    const Statement indexes_of{std::string(kUniqueSql), {}};
    CO_CHECK(co_await session.read(indexes_of, indexes, deadline));
    const std::set<Names> unique = unique_columns(indexes);
    std::map<Names, int> sizes;
    for (const RowList::Row& row : keys.rows()) {
        ++sizes[{text_of(row[0]), text_of(row[7])}];
    }
    std::vector<Reference> all = references_of(keys);
    std::vector<Reference> references;
    for (std::size_t i = 0; i < all.size(); ++i) {
        Reference& reference = all[i];
        if (sizes[{reference.table, text_of(keys.rows()[i][7])}] == 1) {
            reference.is_unique = unique.contains({reference.table, reference.column});
            references.push_back(std::move(reference));
        }
    }
    co_return references;
}

}  // namespace sluice::services::sql
