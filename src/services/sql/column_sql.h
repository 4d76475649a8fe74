#pragma once
/// The parts of a statement that makes a column.

#include <string>
#include <string_view>

#include "services/sql/dialect.h"
#include "services/sql/new_table.h"

namespace sluice::services::sql {

/// A default as the database takes it: numbers and booleans as they are, text in quotes of our own,
/// or a known expression. Errors: BadRequest for any other expression.
Result<std::string> default_sql(const Dialect& dialect,
                                std::string_view field,
                                const std::string& json);

/// "`name` TYPE NOT NULL UNIQUE DEFAULT 1". Without what it refers to.
/// Errors: BadRequest for a type or a default that cannot be.
Result<std::string> column_sql(const Dialect& dialect, const NewColumn& column, bool is_only_key);

/// " REFERENCES table (field) ON DELETE CASCADE": both are quoted already.
/// Errors: BadRequest for an unknown action.
Result<std::string> references_sql(const Dialect& dialect,
                                   const NewColumn& column,
                                   std::string_view table,
                                   std::string_view field);

/// The column of `table` that the new one refers to: the named one, else the only key.
/// Errors: BadRequest when there is none.
Result<const Column*> referred_field(const NewColumn& column, const Table& table);

}  // namespace sluice::services::sql
