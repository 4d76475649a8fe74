#include <charconv>
#include <filesystem>

#include "services/sql/connectors.h"
#include "services/sql/dialects/mysql.h"
#include "services/sql/dialects/postgres.h"
#include "services/sql/dialects/sqlite.h"
#include "services/sql/dialects/sqlserver.h"
#include "services/sql/odbc/driver.h"
#include "services/sql/odbc/read_settings.h"
#include "services/sql/service.h"
#include "services/sql/settings.h"
#include "services/sql/sqlite/guard.h"

namespace sluice::services::sql {
namespace {

struct Parts {
    std::unique_ptr<Dialect> dialect;
    OdbcGreeting greeting = [](const OdbcFacts&) {};
};

/// "10.11.06", as ODBC has every version begin: MariaDB returns rows of changes from 10.5 on.
bool is_returning(const OdbcFacts& facts) {
    int major = 0;
    int minor = 0;
    const char* end = facts.version.data() + facts.version.size();
    const auto [point, code] = std::from_chars(facts.version.data(), end, major);
    if (code == std::errc() && point != end) {
        std::from_chars(point + 1, end, minor);
    }
    return major > 10 || (major == 10 && minor >= 5);
}

Parts parts_of(const OdbcService& service) {
    const std::string_view dialect = service.settings.flavor->dialect;
    if (dialect == "postgres") {
        return {std::make_unique<PostgresDialect>(service.schema)};
    }
    if (dialect == "sqlite") {
        return {std::make_unique<SqliteDialect>(false)};
    }
    if (dialect == "mysql") {
        auto facts = std::make_shared<MysqlFacts>();
        return {std::make_unique<MysqlDialect>(facts, MysqlGiving::Variables),
                [facts](const OdbcFacts& told) {
                    facts->is_mariadb = told.product.find("MariaDB") != std::string::npos;
                    facts->has_returning = facts->is_mariadb && is_returning(told);
                }};
    }
    return {std::make_unique<SqlServerDialect>(service.schema)};
}

Result<ServiceRef> make(const store::ServiceRow& row,
                        const json::object& config,
                        OdbcService service,
                        const OnShard& shard,
                        Shared& shared) {
    SLUICE_TRY(const auto table_settings, read_table_settings(config));
    Parts parts = parts_of(service);
    auto database = std::make_unique<OdbcDatabase>(
        std::make_shared<OdbcPool>(std::move(service.settings), service.connections,
                                   std::move(parts.greeting), shard.executor),
        shared.epochs.of("odbc " + std::to_string(row.id) + " " + row.name));
    auto backend = std::make_unique<Backend>(std::move(database), std::move(parts.dialect),
                                             table_settings, shard.handler);
    backend->keep_extras(shared.store, row.id);
    backend->follow_changes(shared.epochs, server_of(service.host));
    backend->host = std::move(service.host);
    backend->port = std::move(service.port);
    return std::make_shared<SqlService>(std::move(backend));
}

}  // namespace

Status check_sqlsrv_config(const json::object& config) {
    SLUICE_CHECK(read_table_settings(config));
    SLUICE_CHECK(read_sqlsrv_settings(config));
    return {};
}

Status check_odbc_config(const json::object& config, const Shared& shared) {
    SLUICE_CHECK(read_table_settings(config));
    SLUICE_TRY(const auto service, read_odbc_settings(config));
    if (service.settings.flavor->dialect == "sqlite") {
        SLUICE_CHECK(check_statements(service.settings.statements));
    }
    // Whatever the driver is: a database that is a file may be this one.
    return refuse_system_file(plain_text(config, "database"), shared);
}

Result<ServiceRef> make_sqlsrv(const store::ServiceRow& row, const OnShard& shard, Shared& shared) {
    SLUICE_TRY(const auto config, read_config(row));
    SLUICE_TRY(auto service, read_sqlsrv_settings(config));
    return make(row, config, std::move(service), shard, shared);
}

Result<ServiceRef> make_odbc(const store::ServiceRow& row, const OnShard& shard, Shared& shared) {
    SLUICE_TRY(const auto config, read_config(row));
    SLUICE_CHECK(check_odbc_config(config, shared));
    SLUICE_TRY(auto service, read_odbc_settings(config));
    return make(row, config, std::move(service), shard, shared);
}

}  // namespace sluice::services::sql
