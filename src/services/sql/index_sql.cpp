#include "services/sql/index_sql.h"

namespace sluice::services::sql {

std::string index_sql(const Dialect& dialect,
                      std::string_view table,
                      std::string_view table_quoted,
                      std::string_view column,
                      bool is_unique) {
    const IndexNames names = dialect.habits().index_names;
    const std::string quoted(table_quoted);
    std::string fields = " (";
    dialect.quote(fields, column);
    fields += ")";
    const std::string index = is_unique ? "UNIQUE INDEX" : "INDEX";
    if (names == IndexNames::FoundByAlter) {
        return "ALTER TABLE " + quoted + " ADD " + index + fields;
    }
    std::string sql = "CREATE " + index;
    if (names == IndexNames::Given) {
        // No name that clients give has a dot: "a_b" and "c" is not "a" and "b_c".
        sql += " ";
        dialect.quote(
            sql, std::string(table) + "." + std::string(column) + (is_unique ? "_key" : "_idx"));
    }
    return sql + " ON " + quoted + fields;
}

}  // namespace sluice::services::sql
