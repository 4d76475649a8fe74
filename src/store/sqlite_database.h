#pragma once
/// The system database in an SQLite file.

#include <memory>
#include <string>

#include "store/database.h"

namespace sluice::store {

/// Opens or creates the file, which only its owner may read: it holds secrets.
///
/// What is committed survives the death of the process and of the machine (write-ahead log,
/// synchronous FULL).
/// Errors: ServiceUnavailable with one sentence for the operator.
Result<std::unique_ptr<Database>> open_sqlite(const std::string& path);

}  // namespace sluice::store
