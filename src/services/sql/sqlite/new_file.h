#pragma once
/// A database file that comes with what is in it.

#include <filesystem>
#include <string>

#include "core/result.h"

namespace sluice::services::sql {

/// Runs `script` on a new file, which then takes the name `path`: whoever is killed halfway leaves
/// no half database there.
/// Errors: Internal when SQLite refuses the script, or the file cannot be put in place.
Status make_sqlite_file(const std::filesystem::path& path, const std::string& script);

}  // namespace sluice::services::sql
