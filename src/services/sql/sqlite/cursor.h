#pragma once
/// A long read of a SQLite file, a few rows at a time on the pool.

#include <functional>

#include <boost/asio/thread_pool.hpp>

#include "services/sql/gate.h"
#include "services/sql/session.h"
#include "services/sql/sqlite/connection.h"

namespace sluice::services::sql {

/// Holds a connection and, between the rows, no thread. What is written meanwhile stays in the log
/// of the file until it ends.
class SqliteCursor : public Cursor {
public:
    using Connection = std::unique_ptr<SqliteConnection>;

    /// `give_back` takes the connection in the end.
    SqliteCursor(Connection connection,
                 Statement statement,
                 GatePlace place,
                 boost::asio::thread_pool& pool,
                 std::function<void(Connection)> give_back);
    ~SqliteCursor() override;
    SqliteCursor(const SqliteCursor&) = delete;
    SqliteCursor& operator=(const SqliteCursor&) = delete;

    Task<Result<bool>> fetch(RowSink& sink, std::size_t most, Deadline deadline) override;

private:
    Result<bool> step(RowSink& sink, std::size_t most, Deadline deadline);

    Connection connection_;
    Statement statement_;
    GatePlace place_;
    boost::asio::thread_pool& pool_;
    std::function<void(Connection)> give_back_;
    bool has_begun_ = false;
};

}  // namespace sluice::services::sql
