#pragma once
/// Whether scripts stand at a table whose records are written inside of others.

#include "core/call.h"
#include "services/sql/backend.h"

namespace sluice::services::sql {

/// Of the calls on its list with `verb`, under the name of the table or of every table.
bool has_scripts(const Backend& backend, const Call& caller, const Table& table, Verb verb);

Error would_pass_scripts_by(const Table& table, Verb verb);

}  // namespace sluice::services::sql
