#pragma once
/// What SQL may not do on a connection to a SQLite file, whoever wrote it: reach another file, load
/// code, or loosen what keeps the file whole. The rest is the business of whoever configures it.

#include <string>
#include <vector>

#include "core/result.h"

struct sqlite3;

namespace sluice::services::sql {

/// Bars ATTACH, DETACH, VACUUM (which attaches), load_extension, and PRAGMAs with a value other
/// than those in docs/reference/database-api.md; functions with side effects in views and triggers.
/// `denied` must live as long as `handle`: it is set to what was barred, when something was.
/// Before the first statement: later it would make all of them be prepared again.
void guard(sqlite3* handle, std::string& denied);

/// Whether the statements of a service keep to that, as far as can be told without running them.
/// Errors: BadRequest naming what is barred.
Status check_statements(const std::vector<std::string>& statements);

}  // namespace sluice::services::sql
