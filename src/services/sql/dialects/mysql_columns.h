#pragma once
/// Columns of tables and parameters of routines, as MySQL's information_schema describes them.

#include "services/sql/dialect.h"

namespace sluice::services::sql {

/// Of a row of: COLUMN_NAME, DATA_TYPE, COLUMN_TYPE, IS_NULLABLE, COLUMN_DEFAULT, EXTRA,
/// CHARACTER_MAXIMUM_LENGTH, NUMERIC_PRECISION, NUMERIC_SCALE, DATETIME_PRECISION.
Column mysql_column(const Dialect& dialect, const RowList::Row& row, bool is_mariadb);

}  // namespace sluice::services::sql
