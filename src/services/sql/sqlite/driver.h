#pragma once
/// SQLite as a Database: reads inline on the shard while they are short, on a pool when they are
/// not; writes through the one writer of the file.

#include <boost/asio/thread_pool.hpp>

#include "services/sql/gate.h"
#include "services/sql/session.h"
#include "services/sql/sqlite/file.h"
#include "store/snapshot.h"

namespace sluice::services::sql {

class SqliteDatabase : public Database {
public:
    /// Errors: ServiceUnavailable when the file cannot be opened.
    static Result<std::unique_ptr<SqliteDatabase>> open(std::shared_ptr<SqliteFile> file,
                                                        Executor shard,
                                                        boost::asio::thread_pool& pool);

    Task<Status> read(const Statement& statement, RowSink& sink, Deadline deadline) override;
    Task<Result<std::vector<Written>>> write(Writes writes, Deadline deadline) override;
    Task<Result<std::unique_ptr<Transaction>>> begin(Deadline deadline) override;
    std::atomic<std::uint64_t>& schema_epoch() override { return file_->schema_epoch(); }

private:
    SqliteDatabase(std::shared_ptr<SqliteFile> file,
                   std::unique_ptr<SqliteConnection> reader,
                   Executor shard,
                   boost::asio::thread_pool& pool);
    Task<Status> read_on_pool(const Statement& statement, RowSink& sink, Deadline deadline);
    void remember_slow(const std::string& text);

    std::shared_ptr<SqliteFile> file_;
    std::unique_ptr<SqliteConnection> reader_;
    Executor shard_;
    boost::asio::thread_pool& pool_;
    Gate pool_gate_;
    std::vector<std::unique_ptr<SqliteConnection>> pool_connections_;
    /// Statements that overran the shard's time, with the quick runs that they need in a row
    /// before they are trusted again.
    store::TextMap<int> slow_;
};

}  // namespace sluice::services::sql
