#include "services/sql/sqlite/new_file.h"

#include <memory>

#include <sqlite3.h>

namespace sluice::services::sql {
namespace {

namespace fs = std::filesystem;

struct CloseDatabase {
    void operator()(sqlite3* database) const { sqlite3_close(database); }
};

}  // namespace

Status make_sqlite_file(const fs::path& path, const std::string& script) {
    const fs::path unfinished = path.string() + ".new";
    std::error_code ignored;
    fs::remove(unfinished, ignored);
    sqlite3* opened = nullptr;
    const int code = sqlite3_open(unfinished.c_str(), &opened);
    std::unique_ptr<sqlite3, CloseDatabase> database(opened);
    if (code != SQLITE_OK ||
        sqlite3_exec(database.get(), script.c_str(), nullptr, nullptr, nullptr) != SQLITE_OK) {
        return fail(Error(ErrorKind::Internal, "The database file cannot be made.")
                        .with_detail(sqlite3_errmsg(database.get())));
    }
    database.reset();
    std::error_code renamed;
    fs::rename(unfinished, path, renamed);
    if (renamed) {
        return fail(Error(ErrorKind::Internal, "The database file cannot be put in place.")
                        .with_detail(renamed.message()));
    }
    return {};
}

}  // namespace sluice::services::sql
