#pragma once
/// The connections of one shard to one MySQL database. There is no pipeline: each statement has a
/// connection for itself, and waits in line for one.

#include "services/sql/lending_pool.h"
#include "services/sql/lone_thread.h"
#include "services/sql/mysql/connection.h"

namespace boost::asio {
class thread_pool;
}

namespace sluice::services::sql {

using MysqlConnectionRef = std::shared_ptr<MysqlConnection>;

/// Threads: one shard; connections are made on threads of `pool`.
class MysqlPool {
public:
    /// `facts` is filled in by each connection that is made.
    MysqlPool(MysqlSettings settings,
              std::size_t most,
              std::shared_ptr<MysqlFacts> facts,
              Executor shard,
              boost::asio::thread_pool& pool);

    /// As of LendingPool.
    Task<Result<MysqlConnectionRef>> lend(Deadline deadline) { return lent_.lend(deadline); }
    void give_back(MysqlConnectionRef connection) { lent_.give_back(std::move(connection)); }
    void drop_idle() { lent_.drop_idle(); }

    /// One command on a lent connection. At the deadline the server is asked to stop it, over
    /// another connection, and the one it ran on is closed: the request may come late and hit what
    /// runs next. The same when the sink is full. Errors: from_mysql; ServiceUnavailable when the
    /// connection is lost; UpstreamTimeout; too_large.
    Task<Status> run(MysqlConnectionRef connection, MysqlCommandRef command, Deadline deadline);
    /// Waits as above for what was sent already, or for the next rows of a cursor's command.
    Task<Status> wait(MysqlConnectionRef connection, MysqlCommandRef command, Deadline deadline);
    /// The same as `run` for a text without values or rows.
    Task<Status> run(MysqlConnectionRef connection, std::string text, Deadline deadline);

    Executor shard() const { return shard_; }
    std::size_t most() const { return most_; }

private:
    /// Asks the server to, over another connection.
    void stop(const MysqlConnection& connection);

    std::shared_ptr<const MysqlSettings> settings_;
    Executor shard_;
    std::size_t most_;
    Opener<MysqlConnection> opener_;
    LendingPool<MysqlConnection> lent_;
    LoneThread killer_;
};

using LentMysql = Lent<MysqlPool, MysqlConnection>;

}  // namespace sluice::services::sql
