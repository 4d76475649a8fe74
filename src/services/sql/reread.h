#pragma once
/// What a database that returns no rows from its changes is asked besides, so that the answer is
/// the same as of the others: which rows they touched, and what became of these.

#include "services/sql/to_sql.h"
#include "services/sql/write.h"

namespace sluice::services::sql {

/// What the rows of a change are known by: the columns that the client chose, else the primary key.
using KeyColumns = std::vector<const Column*>;

/// Errors: NotImplemented when the rows cannot be told apart: the table has no key, or the database
///         fills it in and does not say with what.
Result<Reread> reread_of(const Dialect& dialect, const Insert& insert, const KeyColumns& keys);

/// `id` holds the values of `keys` when the change is of one record.
Result<Reread> reread_of(const Dialect& dialect,
                         const Update& update,
                         const KeyColumns& keys,
                         const std::vector<Value>* id);

Reread reread_of(const Dialect& dialect, const Delete& removal);

}  // namespace sluice::services::sql
