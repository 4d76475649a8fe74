#include "services/sql/create_table.h"

#include <algorithm>

#include "core/fields.h"
#include "services/sql/alter/seen.h"
#include "services/sql/column_sql.h"
#include "services/sql/index_sql.h"

namespace sluice::services::sql {
namespace {

/// A reference to `table` (null: to the table being made), as a clause of its own: MySQL ignores
/// one that stands in a column.
Result<std::string> reference_sql(const Backend& backend,
                                  const NewTable& made,
                                  const NewColumn& column,
                                  const Table* table) {
    std::string sql = ", FOREIGN KEY (";
    backend.dialect->quote(sql, column.name);
    sql += ")";
    if (table != nullptr) {
        SLUICE_TRY(const Column* target, referred_field(column, *table));
        SLUICE_TRY(const auto clause,
                   references_sql(*backend.dialect, column, table->quoted, target->quoted));
        return sql + clause;
    }
    const bool has_field = std::ranges::any_of(
        made.columns, [&column](const NewColumn& other) { return other.name == column.ref_field; });
    if (!has_field) {
        return fail(ErrorKind::BadRequest,
                    "Field '" + column.name + "' refers to an unknown field.");
    }
    std::string name;
    std::string field;
    backend.dialect->quote(name, made.name);
    backend.dialect->quote(field, column.ref_field);
    SLUICE_TRY(const auto clause, references_sql(*backend.dialect, column, name, field));
    return sql + clause;
}

}  // namespace

Task<Result<std::vector<std::string>>> create_sql(Backend& backend,
                                                  const Call& call,
                                                  const NewTable& table,
                                                  const std::vector<NewTable>& earlier) {
    std::string quoted;
    backend.dialect->quote(quoted, table.name);
    std::string sql = "CREATE TABLE " + quoted + " (";
    std::string key_list;
    std::string references;
    std::vector<std::string> statements;
    for (const NewColumn& column : table.columns) {
        CO_TRY(auto text, column_sql(*backend.dialect, column, table.keys.size() == 1));
        if (!column.ref_table.empty()) {
            TableRef target;
            const auto is_meant = [&column](const NewTable& other) {
                return equals_ignoring_case(column.ref_table, other.name);
            };
            const auto peer = std::ranges::find_if(earlier, is_meant);
            if (peer == earlier.end() && !is_meant(table)) {
                CO_TRY(target, co_await find_seen(backend, call, column.ref_table));
            }
            CO_TRY(const auto reference,
                   reference_sql(backend, peer == earlier.end() ? table : *peer, column,
                                 target.get()));
            references += reference;
        }
        sql += (sql.back() == '(' ? "" : ", ") + text;
        if (column.is_index && !column.is_primary_key && !column.is_unique) {
            statements.push_back(
                index_sql(*backend.dialect, table.name, quoted, column.name, false));
        }
    }
    for (const std::size_t key : table.keys) {
        if (table.keys.size() > 1) {
            key_list += key_list.empty() ? "" : ", ";
            backend.dialect->quote(key_list, table.columns[key].name);
        }
    }
    sql += key_list.empty() ? "" : ", PRIMARY KEY (" + key_list + ")";
    sql += references + ")";
    statements.insert(statements.begin(), std::move(sql));
    co_return statements;
}

}  // namespace sluice::services::sql
