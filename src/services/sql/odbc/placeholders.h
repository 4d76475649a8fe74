#pragma once
/// Statements as ODBC takes them: a `?` for each value, in the order in which they stand.

#include "core/result.h"
#include "services/sql/statement.h"

namespace sluice::services::sql {

enum class Placeholders {
    Marks,    ///< `?`, or `?1` as often as need be (SQLite)
    Numbered  ///< `$1`, each as often and in whatever order (PostgreSQL)
};

/// The least values that a statement may have everywhere.
inline constexpr std::size_t kMostValues = 2000;

/// `statement` with `?` alone. NULL has no type of its own that every column would take, so it is
/// written out; so are integers where there are more than `most` values.
/// Errors: BadRequest when there are more even so; Internal when placeholders and values do not
///         fit.
Result<Statement> with_marks(const Statement& statement,
                             Placeholders placeholders,
                             bool has_brackets,
                             std::size_t most = kMostValues);

}  // namespace sluice::services::sql
