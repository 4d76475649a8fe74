#pragma once
/// One table of the system database, as rows. All SQL over it is made here, from its columns.

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
