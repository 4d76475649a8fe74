#include "services/sql/sqlite/guard.h"

#include <algorithm>
#include <array>
#include <memory>
#include <string_view>

#include <sqlite3.h>

#include "core/fields.h"

namespace sluice::services::sql {
namespace {

/// What may be set, and what only looks but takes the name of a table. Reading a PRAGMA is free.
constexpr std::array<std::string_view, 28> kPragmas{
    // set
    "analysis_limit", "automatic_index", "busy_timeout", "cache_size", "cache_spill",
    "case_sensitive_like", "cell_size_check", "defer_foreign_keys", "foreign_keys", "journal_mode",
    "journal_size_limit", "mmap_size", "optimize", "query_only", "read_uncommitted",
    "recursive_triggers", "reverse_unordered_selects", "synchronous", "temp_store", "threads",
    "wal_autocheckpoint",
    // look
    "foreign_key_list", "index_info", "index_list", "index_xinfo", "table_info", "table_list",
    "table_xinfo"};

int authorise(
    void* denied, int action, const char* first, const char* second, const char*, const char*) {
    const auto bar = [denied](std::string what) {
        *static_cast<std::string*>(denied) = std::move(what);
        return SQLITE_DENY;
    };
    const std::string_view name(first == nullptr ? "" : first);
    switch (action) {
        case SQLITE_ATTACH:
            return bar("ATTACH");
        case SQLITE_DETACH:
            return bar("DETACH");
        case SQLITE_FUNCTION:
            return equals_ignoring_case(second == nullptr ? "" : second, "load_extension")
                       ? bar("load_extension")
                       : SQLITE_OK;
        case SQLITE_PRAGMA: {
            const bool is_free =
                second == nullptr || std::ranges::any_of(kPragmas, [name](std::string_view known) {
                    return equals_ignoring_case(known, name);
                });
            return is_free ? SQLITE_OK : bar("PRAGMA " + std::string(name));
        }
        default:
            return SQLITE_OK;
    }
}

tl::unexpected<Error> barred(const std::string& what) {
    return fail(ErrorKind::BadRequest,
                "The configuration field 'statements' may not use " + what + ".");
}

}  // namespace

void guard(sqlite3* handle, std::string& denied) {
    sqlite3_db_config(handle, SQLITE_DBCONFIG_DEFENSIVE, 1, nullptr);
    sqlite3_db_config(handle, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0, nullptr);
    sqlite3_limit(handle, SQLITE_LIMIT_ATTACHED, 0);
    sqlite3_set_authorizer(handle, &authorise, &denied);
}

Status check_statements(const std::vector<std::string>& statements) {
    if (statements.empty()) {
        return {};
    }
    std::string denied;
    sqlite3* opened = nullptr;
    const int code =
        sqlite3_open_v2(":memory:", &opened, SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX, nullptr);
    const std::unique_ptr<sqlite3, decltype(&sqlite3_close)> handle(opened, &sqlite3_close);
    if (code != SQLITE_OK) {
        return fail(ErrorKind::ServiceUnavailable, "The statements cannot be checked now.");
    }
    guard(opened, denied);
    for (const std::string& statement : statements) {
        // What it attaches shows only when it runs.
        if (lower_case(trimmed(statement)).starts_with("vacuum")) {
            return barred("VACUUM");
        }
        sqlite3_stmt* prepared = nullptr;
        // Tables that are not here make most fail: that says nothing.
        sqlite3_prepare_v2(opened, statement.c_str(), static_cast<int>(statement.size() + 1),
                           &prepared, nullptr);
        sqlite3_finalize(prepared);
        if (!denied.empty()) {
            return barred(denied);
        }
    }
    return {};
}

}  // namespace sluice::services::sql
