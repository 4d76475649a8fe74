#pragma once
/// Getting to a PostgreSQL server: connecting, and asking it to stop.

#include <chrono>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "core/result.h"
#include "core/task.h"

namespace boost::asio {
class thread_pool;
}

struct pg_cancel;
struct pg_conn;

namespace sluice::services::sql {

struct PostgresSettings {
    /// libpq's keywords and values; the password is among them.
    std::vector<std::pair<std::string, std::string>> keywords;
    std::string schema;
    std::string timezone;
    /// The server stops what takes longer; zero: never.
    std::chrono::milliseconds statement_timeout{0};
    std::vector<std::string> statements;
};

/// A connection in pipeline mode that does not block. Names are looked up on `pool`, where that
/// blocks; the rest is waited for on the shard, so that a server out of reach holds no thread.
/// Units:   `time` is for each of the addresses that the host's name has.
/// Errors:  from_failed_connect.
Task<Result<pg_conn*>> connect_postgres(std::shared_ptr<const PostgresSettings> settings,
                                        std::chrono::seconds time,
                                        boost::asio::thread_pool& pool);

/// Asks the server to stop what a connection runs, over a connection of its own.
/// Threads: made on the connection's; afterwards any.
class PostgresCancel {
public:
    explicit PostgresCancel(pg_conn* handle);
    ~PostgresCancel();
    PostgresCancel(const PostgresCancel&) = delete;
    PostgresCancel& operator=(const PostgresCancel&) = delete;

    /// Blocks, for minutes when packets are dropped on the way. Whether it helped shows on the
    /// connection itself.
    void request() const;

private:
    pg_cancel* request_;
};

}  // namespace sluice::services::sql
