#pragma once
/// The database connectors, as the registry makes them.

#include <filesystem>

#include <boost/asio/thread_pool.hpp>

#include "core/json.h"
#include "core/ports.h"
#include "services/service.h"
#include "services/service_type.h"
#include "services/sql/epochs.h"
#include "services/sql/sqlite/file.h"
#include "store/store.h"

namespace sluice::services::sql {

inline constexpr std::size_t kConnectingThreads = 16;

/// What the connectors of one process share. Must outlive every service made with it.
struct Shared {
    /// Where relative names of SQLite files are looked for.
    std::filesystem::path data_folder;
    /// For reads that take long.
    boost::asio::thread_pool& pool;
    SqliteFiles files;
    Epochs epochs;
    /// The server's own database, which no service may serve; empty when it is no file.
    std::filesystem::path system_file = {};
    /// Where what is kept about tables is kept; null: nowhere.
    store::Store* store = nullptr;
    /// For connecting where that blocks, so that a server that is silent keeps no file or other
    /// database waiting; more of them than threads keep each other waiting.
    boost::asio::thread_pool connecting{kConnectingThreads};
};

/// What a service needs of its shard.
struct OnShard {
    Executor executor;
    /// For its calls to other resources. Must outlive the service; used by calls only.
    const Handler& handler;
};

/// What can be configured of each. `shared` is looked at when a configuration is checked.
ServiceType sqlite_type(const Shared& shared);
ServiceType pgsql_type();
ServiceType mysql_type();
ServiceType sqlsrv_type();
ServiceType odbc_type(const Shared& shared);

/// Neither opens or connects yet: the first call does, and says when it cannot.
/// Errors (all): BadRequest naming the configuration field that is missing or wrong.
Result<ServiceRef> make_sqlite(const store::ServiceRow& row, const OnShard& shard, Shared& shared);
Result<ServiceRef> make_pgsql(const store::ServiceRow& row, const OnShard& shard, Shared& shared);

/// MySQL and MariaDB.
Result<ServiceRef> make_mysql(const store::ServiceRow& row, const OnShard& shard, Shared& shared);

/// SQL Server, over ODBC.
Result<ServiceRef> make_sqlsrv(const store::ServiceRow& row, const OnShard& shard, Shared& shared);

/// Any database whose dialect is one of ours, over its ODBC driver.
Result<ServiceRef> make_odbc(const store::ServiceRow& row, const OnShard& shard, Shared& shared);

/// Errors (all): as of the ones that make services, before anything is opened.
Status check_sqlite_config(const json::object& config);
Status check_pgsql_config(const json::object& config);
Status check_mysql_config(const json::object& config);
Status check_sqlsrv_config(const json::object& config);
Status check_odbc_config(const json::object& config, const Shared& shared);
/// Errors: BadRequest when the file is the server's own database, under whatever name.
Status check_sqlite_file(const json::object& config, const Shared& shared);
/// The same for a path.
Status refuse_system_file(const std::string& path, const Shared& shared);

}  // namespace sluice::services::sql
