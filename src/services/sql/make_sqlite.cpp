#include "services/sql/connectors.h"
#include "services/sql/dialects/sqlite.h"
#include "services/sql/service.h"
#include "services/sql/settings.h"
#include "services/sql/sqlite/driver.h"

namespace sluice::services::sql {
// By device and inode, so that no other spelling and no link leads to it. Its log beside it holds
// the same secrets.
Status refuse_system_file(const std::string& path, const Shared& shared) {
    if (shared.system_file.empty()) {
        return {};
    }
    for (const char* suffix : {"", "-wal", "-shm", "-journal"}) {
        std::error_code missing;
        if (std::filesystem::equivalent(path, shared.system_file.string() + suffix, missing)) {
            return fail(ErrorKind::BadRequest,
                        "The configuration field 'database' names the server's own database.");
        }
    }
    return {};
}

Status check_sqlite_file(const json::object& config, const Shared& shared) {
    SLUICE_TRY(const auto settings, read_sqlite_settings(config, shared.data_folder));
    return refuse_system_file(settings.path, shared);
}

Result<ServiceRef> make_sqlite(const store::ServiceRow& row, const OnShard& shard, Shared& shared) {
    SLUICE_TRY(const auto config, read_config(row));
    SLUICE_TRY(const auto table_settings, read_table_settings(config));
    SLUICE_TRY(const auto settings, read_sqlite_settings(config, shared.data_folder));
    SLUICE_CHECK(refuse_system_file(settings.path, shared));
    auto database =
        std::make_unique<SqliteDatabase>(shared.files, settings, shard.executor, shared.pool);
    auto backend = std::make_unique<Backend>(std::move(database), std::make_unique<SqliteDialect>(),
                                             table_settings, shard.handler);
    backend->keep_extras(shared.store, row.id);
    std::error_code code;
    const auto path = std::filesystem::weakly_canonical(settings.path, code);
    backend->follow_changes(shared.epochs, "file " + (code ? settings.path : path.string()));
    return std::make_shared<SqlService>(std::move(backend));
}

}  // namespace sluice::services::sql
