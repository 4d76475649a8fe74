#include <algorithm>

#include "services/sql/connectors.h"
#include "services/sql/dialects/mysql.h"
#include "services/sql/mysql/driver.h"
#include "services/sql/service.h"
#include "services/sql/settings.h"

namespace sluice::services::sql {
namespace {

/// Of one shard; a MySQL server takes 151 in all, unless it is told otherwise.
constexpr std::int64_t kConnections = 8;
constexpr std::int64_t kMostConnections = 64;

}  // namespace

Result<ServiceRef> make_mysql(const store::ServiceRow& row, const OnShard& shard, Shared& shared) {
    SLUICE_TRY(const auto config, read_config(row));
    SLUICE_TRY(const auto table_settings, read_table_settings(config));
    SLUICE_TRY(auto settings, read_mysql_settings(config));
    const auto most = std::clamp<std::int64_t>(integer_or(config, "max_connections", kConnections),
                                               1, kMostConnections);
    const bool uses_socket = !settings.unix_socket.empty();
    std::string host = uses_socket ? settings.unix_socket : settings.host;
    std::string port = uses_socket ? "" : std::to_string(settings.port);
    auto facts = std::make_shared<MysqlFacts>();
    auto dialect = std::make_unique<MysqlDialect>(facts);
    auto database = std::make_unique<MysqlDatabase>(
        std::make_shared<MysqlPool>(std::move(settings), static_cast<std::size_t>(most), facts,
                                    shard.executor, shared.connecting),
        shared.epochs.of("mysql " + std::to_string(row.id) + " " + row.name));
    auto backend = std::make_unique<Backend>(std::move(database), std::move(dialect),
                                             table_settings, shard.handler);
    backend->keep_extras(shared.store, row.id);
    backend->follow_changes(shared.epochs, server_of(host));
    backend->host = std::move(host);
    backend->port = std::move(port);
    return std::make_shared<SqlService>(std::move(backend));
}

}  // namespace sluice::services::sql
