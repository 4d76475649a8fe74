#include "app/sample.h"

#include <filesystem>
#include <fstream>
#include <iterator>
#include <memory>

#include <sqlite3.h>

#include "core/fields.h"

namespace sluice::app {
namespace {

namespace fs = std::filesystem;

Result<std::string> read_text(const fs::path& path) {
    std::ifstream file(path, std::ios::binary);
    if (!file) {
        return fail(ErrorKind::BadRequest, "The sample lacks '" + path.string() + "'.");
    }
    return std::string(std::istreambuf_iterator<char>(file), {});
}

struct CloseDatabase {
    void operator()(sqlite3* database) const { sqlite3_close(database); }
};

// Built under another name first: a start that is killed halfway leaves no half database.
Status make_database(const fs::path& path, const std::string& sql) {
    const fs::path unfinished = path.string() + ".new";
    std::error_code ignored;
    fs::remove(unfinished, ignored);
    sqlite3* opened = nullptr;
    const int code = sqlite3_open(unfinished.c_str(), &opened);
    std::unique_ptr<sqlite3, CloseDatabase> database(opened);
    if (code != SQLITE_OK ||
        sqlite3_exec(database.get(), sql.c_str(), nullptr, nullptr, nullptr) != SQLITE_OK) {
        return fail(Error(ErrorKind::Internal, "The sample database cannot be made:")
                        .with_detail(sqlite3_errmsg(database.get())));
    }
    database.reset();
    std::error_code renamed;
    fs::rename(unfinished, path, renamed);
    if (renamed) {
        return fail(Error(ErrorKind::Internal, "The sample database cannot be put in place:")
                        .with_detail(renamed.message()));
    }
    return {};
}

Status attach_script(store::Store& store, const std::string& event, const std::string& text) {
    store::EventScriptRow script;
    script.name = event;
    script.type = "v8js";
    script.content = text;
    script.is_active = true;
    script.allow_event_modification = true;
    auto added = store.write_now([&script](store::Tables& tables) -> Result<bool> {
        SLUICE_TRY(const auto present, tables.event_scripts.find(script.name));
        if (present) {
            return false;
        }
        SLUICE_TRY(const auto row, tables.event_scripts.insert(script));
        return !row.name.empty();
    });
    return added ? Status() : fail(added.error());
}

}  // namespace

Status install_sample(const Options& options, store::Store& store) {
    const fs::path database = fs::path(options.data_folder) / "db.sqlite";
    std::error_code ignored;
    // Installed together, once: a script that its owner deleted does not come back.
    if (fs::exists(database, ignored)) {
        return {};
    }
    const fs::path folder = options.sample_folder;
    SLUICE_TRY(const std::string sql, read_text(folder / "employees.sql"));
    SLUICE_TRY(const std::string text, read_text(folder / "script.js"));
    SLUICE_TRY(const std::string event, read_text(folder / "event.txt"));
    SLUICE_CHECK(attach_script(store, std::string(trimmed(event)), text));
    return make_database(database, sql);
}

}  // namespace sluice::app
