#include "services/sql/alter/alter_parts.h"

#include "core/json.h"
#include "services/sql/column_sql.h"
#include "services/sql/default_value.h"

namespace sluice::services::sql {

Result<std::string> new_field_sql(const Dialect& dialect, const NewField& field, bool with_unique) {
    NewColumn column = field.column;
    column.is_unique = column.is_unique && with_unique;
    SLUICE_TRY(auto sql, column_sql(dialect, column, false));
    return sql + field.references;
}

Result<std::optional<std::string>> kept_default(const Dialect& dialect, const Column& column) {
    if (!column.default_text) {
        return std::optional<std::string>();
    }
    const std::string json = default_json(column);
    const bool is_expression = json == json_string(*column.default_text);
    if (is_expression || json == "null") {
        return std::optional<std::string>();
    }
    SLUICE_TRY(auto sql, default_sql(dialect, column.name, json));
    return std::optional<std::string>(std::move(sql));
}

Result<std::optional<std::string>> wanted_default(const Dialect& dialect,
                                                  const FieldChange& change) {
    const NewColumn& wanted = change.wanted;
    if (wanted.default_json.empty()) {
        return std::optional<std::string>();
    }
    if (change.has_new_type) {
        SLUICE_CHECK(check_default(wanted));
    }
    SLUICE_TRY(auto sql, default_sql(dialect, wanted.name, wanted.default_json));
    return std::optional<std::string>(std::move(sql));
}

}  // namespace sluice::services::sql
