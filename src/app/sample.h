#pragma once
/// The sample that a newcomer sees first: a small database and one script on it.

#include "app/options.h"
#include "store/store.h"

namespace sluice::app {

/// Makes the database of service `db` from `employees.sql` and attaches `script.js` as
/// `attachment.json` says. Once: nothing is done where the database is there already.
/// Errors: BadRequest when the folder lacks a file, Internal when SQLite refuses one.
Status install_sample(const Options& options, store::Store& store);

}  // namespace sluice::app
