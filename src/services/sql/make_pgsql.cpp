#include <algorithm>

#include "services/sql/connectors.h"
#include "services/sql/dialects/postgres.h"
#include "services/sql/postgres/driver.h"
#include "services/sql/service.h"
#include "services/sql/settings.h"

namespace sluice::services::sql {
namespace {

/// Connections that one shard lends out at most; with the two shared ones, six per shard.
constexpr std::int64_t kLentConnections = 4;
constexpr std::int64_t kMostConnections = 64;

}  // namespace

Result<ServiceRef> make_pgsql(const store::ServiceRow& row, const OnShard& shard, Shared& shared) {
    SLUICE_TRY(const auto config, read_config(row));
    SLUICE_TRY(const auto table_settings, read_table_settings(config));
    SLUICE_TRY(auto settings, read_postgres_settings(config));
    const auto lent = std::clamp<std::int64_t>(
        integer_or(config, "max_connections", kLentConnections), 1, kMostConnections);
    const auto keyword = [&settings](std::string_view name, std::string fallback) {
        const auto found =
            std::ranges::find(settings.keywords, name, &std::pair<std::string, std::string>::first);
        return found == settings.keywords.end() ? fallback : found->second;
    };
    std::string host = keyword("host", "localhost");
    std::string port = keyword("port", "5432");
    auto dialect = std::make_unique<PostgresDialect>(settings.schema);
    auto database = std::make_unique<PostgresDatabase>(
        std::move(settings), static_cast<std::size_t>(lent),
        shared.epochs.of("pgsql " + std::to_string(row.id) + " " + row.name), shard.executor,
        shared.pool);
    auto backend = std::make_unique<Backend>(std::move(database), std::move(dialect),
                                             table_settings, shard.handler);
    backend->keep_extras(shared.store, row.id);
    backend->follow_changes(shared.epochs, server_of(host));
    backend->host = std::move(host);
    backend->port = std::move(port);
    return std::make_shared<SqlService>(std::move(backend));
}

}  // namespace sluice::services::sql
