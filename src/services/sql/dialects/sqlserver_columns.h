#pragma once
/// Rows of SQL Server's catalogue -> columns.

#include "services/sql/dialect.h"

namespace sluice::services::sql {

/// A row of: name, type, max_length in bytes, precision, scale, is_nullable, is_identity, whether
/// the database computes it, the default.
Column sqlserver_column(const Dialect& dialect, const RowList::Row& row);

/// "((0))" -> "0", "(N'x')" -> "'x'": without the brackets and marks that the server adds.
std::string sqlserver_default(std::string_view text);

}  // namespace sluice::services::sql
