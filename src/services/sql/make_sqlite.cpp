#include "services/sql/connectors.h"
#include "services/sql/dialects/sqlite.h"
#include "services/sql/service.h"
#include "services/sql/settings.h"
#include "services/sql/sqlite_driver.h"

namespace sluice::services::sql {

Result<ServiceRef> make_sqlite(const store::ServiceRow& row, Executor shard, Shared& shared) {
    SLUICE_TRY(const auto config, read_config(row));
    SLUICE_TRY(const auto table_settings, read_table_settings(config));
    SLUICE_TRY(const auto settings, read_sqlite_settings(config, shared.data_folder));
    SLUICE_TRY(auto file, shared.files.open(settings));
    SLUICE_TRY(auto database, SqliteDatabase::open(std::move(file), shard, shared.pool));
    return std::make_shared<SqlService>(std::make_unique<Backend>(
        std::move(database), std::make_unique<SqliteDialect>(), table_settings));
}

}  // namespace sluice::services::sql
