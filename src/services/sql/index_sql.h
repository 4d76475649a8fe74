#pragma once
/// The statement that makes an index.

#include <string>
#include <string_view>

#include "services/sql/dialect.h"

namespace sluice::services::sql {

/// `CREATE UNIQUE INDEX "todo.title_key" ON "todo" ("title")`. The database names it where it can:
/// names of ours may be longer than it takes.
std::string index_sql(const Dialect& dialect,
                      std::string_view table,
                      std::string_view table_quoted,
                      std::string_view column,
                      bool is_unique);

}  // namespace sluice::services::sql
