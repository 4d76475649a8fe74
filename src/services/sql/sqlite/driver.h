#pragma once
/// SQLite as a Database: reads inline on the shard while they are short, on a pool when they are
/// not; writes through the one writer of the file. The first call opens the file, on the pool.

#include <boost/asio/thread_pool.hpp>

#include "services/sql/gate.h"
#include "services/sql/session.h"
#include "services/sql/sqlite/file.h"
#include "store/snapshot.h"

namespace sluice::services::sql {

class SqliteDatabase : public Database {
public:
    /// `files` must outlive this.
    SqliteDatabase(SqliteFiles& files,
                   SqliteSettings settings,
                   Executor shard,
                   boost::asio::thread_pool& pool);

    /// Errors of all: ServiceUnavailable when the file cannot be opened.
    Task<Status> read(const Statement& statement, RowSink& sink, Deadline deadline) override;
    Task<Result<std::vector<Written>>> write(Writes writes, Deadline deadline) override;
    Task<Result<std::unique_ptr<Transaction>>> begin(Deadline deadline, Deadline until) override;
    Task<Result<CursorRef>> open_cursor(Statement statement, Deadline deadline) override;
    std::atomic<std::uint64_t>& schema_epoch() override { return *epoch_; }

private:
    Task<Status> open(Deadline deadline);
    Task<Status> try_to_open(Deadline deadline);
    Task<Status> read_on_pool(const Statement& statement, RowSink& sink, Deadline deadline);
    std::unique_ptr<SqliteConnection> idle_connection();
    void remember_slow(const std::string& text);

    SqliteFiles& files_;
    SqliteSettings settings_;
    EpochRef epoch_;
    Executor shard_;
    boost::asio::thread_pool& pool_;
    /// Both null until the file is open.
    std::shared_ptr<SqliteFile> file_;
    std::unique_ptr<SqliteConnection> reader_;
    Gate opening_;
    /// After a failure nobody tries again for a moment.
    std::optional<Error> last_failure_;
    Deadline::Clock::time_point retry_at_;
    Gate pool_gate_;
    Gate cursor_gate_;
    std::vector<std::unique_ptr<SqliteConnection>> pool_connections_;
    /// Statements that overran the shard's time, with the quick runs that they need in a row
    /// before they are trusted again.
    store::TextMap<int> slow_;
};

}  // namespace sluice::services::sql
