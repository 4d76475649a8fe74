#pragma once
/// The columns of a result as its driver tells of them.

#include <vector>

#include "services/sql/statement.h"

namespace sluice::services::sql {

/// Of ODBC's type of a column; Text for what is not known.
Kind kind_of_odbc(int sql_type);

/// `statement` must have `columns` columns.
std::vector<ResultColumnHead> result_heads(void* statement, short columns);

}  // namespace sluice::services::sql
