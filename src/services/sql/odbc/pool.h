#pragma once
/// The connections of one shard to one database behind ODBC.

#include <atomic>

#include "services/sql/lending_pool.h"
#include "services/sql/lone_thread.h"
#include "services/sql/odbc/connection.h"
#include "services/sql/odbc/flavor.h"

namespace sluice::services::sql {

/// Told what answers, on the shard, each time a connection is made.
using OdbcGreeting = std::function<void(const OdbcFacts& facts)>;

/// Threads: one shard; connections are made on threads of their own.
class OdbcPool {
public:
    OdbcPool(OdbcSettings settings, std::size_t most, OdbcGreeting greeting, Executor shard);
    ~OdbcPool();
    OdbcPool(const OdbcPool&) = delete;
    OdbcPool& operator=(const OdbcPool&) = delete;

    /// As of LendingPool.
    Task<Result<OdbcConnectionRef>> lend(Deadline deadline) { return lent_.lend(deadline); }
    void give_back(OdbcConnectionRef connection) { lent_.give_back(std::move(connection)); }
    void drop_idle() { lent_.drop_idle(); }

    /// One command on a lent connection. At the deadline the driver is asked to stop it, and the
    /// connection is given up whether it does or not.
    /// Errors: of the flavor; ServiceUnavailable when the connection is lost; UpstreamTimeout;
    ///         too_large.
    Task<Status> run(OdbcConnectionRef connection, OdbcCommandRef command, Deadline deadline);
    /// The same for a text without values or rows.
    Task<Status> run(OdbcConnectionRef connection, std::string text, Deadline deadline);
    /// What is open on the connection, or may be, is given up with it.
    void abandon(OdbcConnection& connection);

    const OdbcFlavor& flavor() const { return *settings_->flavor; }
    OdbcCursors cursors() const { return settings_->cursors; }
    Executor shard() const { return shard_; }
    std::size_t most() const { return most_; }

private:
    std::shared_ptr<const OdbcSettings> settings_;
    Executor shard_;
    std::size_t most_;
    ShardDoorRef door_;
    /// Connections of which a thread still takes care, those that were given up included.
    std::shared_ptr<std::atomic<std::size_t>> alive_;
    Opener<OdbcConnection> opener_;
    LendingPool<OdbcConnection> lent_;
    LoneThread canceller_;
};

using LentOdbc = Lent<OdbcPool, OdbcConnection>;

}  // namespace sluice::services::sql
