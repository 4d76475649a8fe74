#pragma once
/// The database connectors, as the registry makes them.

#include <filesystem>

#include <boost/asio/thread_pool.hpp>

#include "core/json.h"
#include "services/service.h"
#include "services/sql/epochs.h"
#include "services/sql/sqlite_file.h"
#include "store/rows.h"

namespace sluice::services::sql {

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
};

/// Neither opens or connects yet: the first call does, and says when it cannot.
/// Errors: BadRequest naming the configuration field that is missing or wrong.
Result<ServiceRef> make_sqlite(const store::ServiceRow& row, Executor shard, Shared& shared);
Result<ServiceRef> make_pgsql(const store::ServiceRow& row, Executor shard, Shared& shared);

/// Errors (both): as of make_sqlite and make_pgsql, before anything is opened.
Status check_sqlite_config(const json::object& config);
Status check_pgsql_config(const json::object& config);

}  // namespace sluice::services::sql
