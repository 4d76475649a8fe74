#pragma once
/// One table of the system database, as rows. All SQL over it is made here, from its columns.

#include <concepts>
#include <optional>
#include <string>
#include <vector>

#include "store/cells.h"
#include "store/changes.h"
#include "store/database.h"
#include "store/sql_text.h"

namespace sluice::store {

template <typename Row>
concept HasId = requires(Row row) {
    row.id;
};
template <typename Row>
concept HasStamps = requires(Row row) {
    row.stamps;
};

/// Errors:  those of Database.
/// Threads: the store's own.
template <typename Row>
class Table {
public:
    Table(Database& database, Changes& changes) : database_(database), changes_(changes) {}

    /// Shape: in the order of the key.
    Result<std::vector<Row>> all() { return rows(sql().select_all, Values()); }

    /// The rows whose `column` equals `value`, in the order of the key.
    Result<std::vector<Row>> where(std::string_view column, Value value) {
        return rows(sql().select + " WHERE " + quoted(column) + " = $1" + sql().order,
                    {std::move(value)});
    }

    Result<std::optional<Row>> find(Value key) {
        SLUICE_TRY(std::vector<Row> found, where(Columns<Row>::all()[0].name, std::move(key)));
        return found.empty() ? std::nullopt : std::optional<Row>(std::move(found.front()));
    }

    /// The row with the id it got.
    Result<Row> insert(Row row) {
        SLUICE_TRY(auto returned, database_.query(sql().insert, values_of(row, HasId<Row>)));
        if constexpr (HasId<Row>) {
            row.id = integer_of(returned.at(0).at(0));
        }
        changes_.note(row);
        return row;
    }

    /// Writes every column of the row with this key; false when there is none.
    Result<bool> update(const Row& row) {
        Values values = values_of(row, true);
        values.push_back(cell_of(row, Columns<Row>::all()[0]));
        SLUICE_TRY(const std::int64_t changed, database_.execute(sql().update, values));
        changes_.note(row);
        return changed > 0;
    }

    /// Every row, or those whose `column` equals `value`.
    Result<std::int64_t> count() { return first_integer(sql().count, {}); }
    Result<std::int64_t> count(std::string_view column, Value value) {
        return first_integer(sql().count + " WHERE " + quoted(column) + " = $1",
                             {std::move(value)});
    }

    /// The largest `column` of the rows whose `where` equals `value`; empty when there is none.
    Result<std::string> latest(std::string_view column, std::string_view where, Value value) {
        SLUICE_TRY(const auto found, database_.query("SELECT MAX(" + quoted(column) + ") FROM " +
                                                         quoted(Columns<Row>::table()) + " WHERE " +
                                                         quoted(where) + " = $1",
                                                     {std::move(value)}));
        return text_of(found.at(0).at(0));
    }

    /// Forgets tokens that were issued before `oldest` and expired before `now`: they can neither
    /// be used nor exchanged. Units: seconds since 1970.
    Status remove_outdated(std::int64_t oldest,
                           std::int64_t now) requires std::same_as<Row, TokenRow> {
        return done(database_.execute(
            "DELETE FROM " + quoted(Columns<Row>::table()) + " WHERE \"iat\" < $1 AND \"exp\" < $2",
            {oldest, now}));
    }

    /// Not noted as a change: a log-in changes nothing about who a caller is, so that cached
    /// principals stay good. Units: seconds since 1970.
    Status note_login(Id user, std::int64_t now) requires std::same_as<Row, UserRow> {
        return done(database_.execute("UPDATE " + quoted(Columns<Row>::table()) +
                                          " SET \"last_login_date\" = $1 WHERE \"id\" = $2",
                                      {date_text(now), user}));
    }

    Status remove(const Row& row) {
        SLUICE_TRY(const std::int64_t changed,
                   database_.execute(sql().remove, {cell_of(row, Columns<Row>::all()[0])}));
        static_cast<void>(changed);
        changes_.note(row);
        return {};
    }

private:
    static const TableSql& sql() {
        static const TableSql kSql = make_sql();
        return kSql;
    }

    static TableSql make_sql() {
        std::vector<std::string_view> names;
        for (const Column<Row>& column : Columns<Row>::all()) {
            names.push_back(column.name);
        }
        if constexpr (HasStamps<Row>) {
            names.insert(names.end(), kStampColumns.begin(), kStampColumns.end());
        }
        return table_sql(Columns<Row>::table(), names, HasId<Row>);
    }

    static Values values_of(const Row& row, bool skips_key) {
        Values values;
        const auto columns = Columns<Row>::all();
        for (const Column<Row>& column : columns.subspan(skips_key ? 1 : 0)) {
            values.push_back(cell_of(row, column));
        }
        if constexpr (HasStamps<Row>) {
            append_stamps(values, row.stamps);
        }
        return values;
    }

    static Status done(const Result<std::int64_t>& changed) {
        return changed ? Status() : fail(changed.error());
    }

    Result<std::int64_t> first_integer(const std::string& sql, const Values& values) {
        SLUICE_TRY(const auto found, database_.query(sql, values));
        return integer_of(found.at(0).at(0));
    }

    Result<std::vector<Row>> rows(const std::string& sql, const Values& values) {
        SLUICE_TRY(const std::vector<Values> found, database_.query(sql, values));
        const auto columns = Columns<Row>::all();
        std::vector<Row> out;
        out.reserve(found.size());
        for (const Values& cells : found) {
            Row& row = out.emplace_back();
            for (std::size_t i = 0; i < columns.size(); ++i) {
                set_cell(row, columns[i], cells.at(i));
            }
            if constexpr (HasStamps<Row>) {
                read_stamps(row.stamps, cells, columns.size());
            }
        }
        return out;
    }

    Database& database_;
    Changes& changes_;
};

}  // namespace sluice::store
