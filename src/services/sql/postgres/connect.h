#pragma once
/// Getting to a PostgreSQL server: connecting, and asking it to stop. Both block.

#include <string>
#include <utility>
#include <vector>

#include "core/result.h"

struct pg_cancel;
struct pg_conn;

namespace sluice::services::sql {

struct PostgresSettings {
    /// libpq's keywords and values; the password is among them.
    std::vector<std::pair<std::string, std::string>> keywords;
    std::string schema;
    std::string timezone;
    std::vector<std::string> statements;
};

/// Blocks. The connection is in pipeline mode and does not block any more.
/// Errors: from_failed_connect.
Result<pg_conn*> connect_postgres(const PostgresSettings& settings, int timeout_seconds);

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
