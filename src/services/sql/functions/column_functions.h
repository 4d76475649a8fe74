#pragma once
/// SQL that stands in place of a column: what `db_function` of a field says.
/// Only administrators write it; values are bound all the same.
/// Source: docs/reference/schema-api.md "Functions".

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "core/result.h"
#include "services/sql/schema.h"

namespace sluice::services::sql {

struct ColumnFunctions {
    /// In place of the column where it is read, and where it is compared; empty: the column itself.
    std::string select;
    std::string filter;
    /// In place of a value that is written, cut at each `{value}`; empty: the value itself.
    std::vector<std::string> insert;
    std::vector<std::string> update;
};

/// From the JSON text of `db_function`: a list of `{"use":[..],"function":".."}`. `field` is named
/// in errors.
/// Shape:  null when it says nothing.
/// Errors: BadRequest for what is no such list, and for SQL that is no one expression.
Result<std::shared_ptr<const ColumnFunctions>> read_functions(std::string_view json,
                                                              const std::string& field);

/// The same list as it is kept and shown: one entry per function, uses in capitals.
/// Errors: those of read_functions.
Result<std::string> kept_functions(std::string_view json, const std::string& field);

/// Whether a read can show the column.
inline bool is_selectable(const Column& column) {
    return !column.is_virtual || (column.functions && !column.functions->select.empty());
}

/// The column as reads show it.
inline const std::string& shown_sql(const Column& column) {
    return column.functions && !column.functions->select.empty() ? column.functions->select
                                                                 : column.quoted;
}

}  // namespace sluice::services::sql
