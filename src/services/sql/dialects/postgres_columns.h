#pragma once
/// Columns of tables and parameters of routines, as PostgreSQL's catalogue describes them.

#include "services/sql/dialect.h"

namespace sluice::services::sql {

/// Of a row of: its number, the name, the name of its type (of a domain, that of what it is made
/// of), the type as SQL, whether it takes no null, the default, attidentity, attgenerated, and the
/// modifier of the type.
Column postgres_column(const Dialect& dialect, const RowList::Row& row);

}  // namespace sluice::services::sql
