#include "app/sample.h"

#include <filesystem>
#include <fstream>
#include <iterator>

#include "core/json.h"
#include "services/sql/sqlite/new_file.h"
#include "store/sql_text.h"

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

// The row that `attachment.json` describes, with the fields of `/system/event_script`.
Result<store::EventScriptRow> read_attachment(const std::string& json_text, std::string text) {
    SLUICE_TRY(const json::value described, parse_json(json_text, "attachment.json"));
    const json::object* object = described.if_object();
    if (object == nullptr || text_or(*object, "name", "").empty()) {
        return fail(ErrorKind::BadRequest, "The sample's attachment.json names no event.");
    }
    store::EventScriptRow script;
    script.name = text_or(*object, "name", "");
    script.type = text_or(*object, "type", "nodejs");
    script.content = std::move(text);
    script.is_active = boolean_or(*object, "is_active", true);
    script.allow_event_modification = boolean_or(*object, "allow_event_modification", false);
    script.stamps.created_date = script.stamps.last_modified_date = store::now_text();
    return script;
}

Status attach(store::Store& store, const store::EventScriptRow& script) {
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
    SLUICE_TRY(const std::string described, read_text(folder / "attachment.json"));
    SLUICE_TRY(const store::EventScriptRow script, read_attachment(described, text));
    SLUICE_CHECK(attach(store, script));
    return services::sql::make_sqlite_file(database, sql);
}

}  // namespace sluice::app
