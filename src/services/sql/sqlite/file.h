#pragma once
/// The one writer of a SQLite file: a thread and a connection, shared by all shards. Services that
/// open the file with other settings have a writer of their own, as another process would.
/// Waiting writes are committed together, so that they share one sync of the disk.
/// Measured: one commit costs a sync (some ms) at `synchronous = FULL`, one row in it 21 us.

#include <atomic>
#include <condition_variable>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "core/async.h"
#include "services/sql/epochs.h"
#include "services/sql/sqlite/connection.h"
#include "services/sql/write.h"

namespace sluice::services::sql {

/// A piece of work for the writer and the place where it is waited for.
struct WriteJob {
    WriteJob(Executor shard_, Deadline deadline_)
        : shard(shard_), deadline(deadline_), done(shard_) {}

    Executor shard;
    Deadline deadline;
    Writes writes;
    std::vector<Written> written;
    std::optional<Error> failure;
    /// Set: a transaction begins here and holds the writer until `finish` ran.
    std::shared_ptr<struct HeldWriter> held;
    Signal done;
};
using WriteJobRef = std::shared_ptr<WriteJob>;

/// What an open transaction asks of the writer, one step at a time. Guarded by the file's mutex.
struct HeldWriter {
    /// Rolled back when it is still open then.
    Deadline until;
    std::deque<std::function<void(SqliteConnection&)>> steps;
    bool is_over = false;
};

/// Threads: any.
class SqliteFile {
public:
    static std::shared_ptr<SqliteFile> start(SqliteSettings settings,
                                             EpochRef epoch,
                                             std::unique_ptr<SqliteConnection> connection);
    ~SqliteFile();
    SqliteFile(const SqliteFile&) = delete;
    SqliteFile& operator=(const SqliteFile&) = delete;

    /// `job->done` is set on its shard once it is durable or has failed.
    /// Errors: ServiceUnavailable when too many are waiting, or after `stop`.
    Status submit(WriteJobRef job);
    /// Serves what is waiting and ends the thread; open transactions are rolled back.
    void stop();
    /// One more step of the transaction that holds the writer; false when it is over already.
    bool step(HeldWriter& held, std::function<void(SqliteConnection&)> work, bool is_last);

    /// The writes of `job` inside the transaction that is open. On the writer's thread only.
    void run_job(WriteJob& job, bool needs_savepoint);

    const SqliteSettings& settings() const { return settings_; }
    /// Grows when a statement may have changed tables: what was known about them is stale.
    std::atomic<std::uint64_t>& schema_epoch() { return *schema_epoch_; }

private:
    SqliteFile(SqliteSettings settings,
               EpochRef epoch,
               std::unique_ptr<SqliteConnection> connection);
    void run();
    void serve(WriteJobRef job);
    /// One job that puts a table in the place of another, in a transaction of its own.
    void replace_table(WriteJobRef job);
    Status change_unbroken(WriteJob& job);
    Result<std::size_t> broken_references(SqliteConnection::Time until);
    void commit_together(std::vector<WriteJobRef> jobs);
    bool run_all(std::vector<WriteJobRef>& jobs);
    /// `budget`: null where the write could not be undone.
    Written run_write(const Write& write,
                      std::shared_ptr<ByteBudget> budget,
                      SqliteConnection::Time until);
    Written run_steps(Steps& steps, SqliteConnection::Time until);
    static void finish(WriteJobRef job);

    SqliteSettings settings_;
    std::unique_ptr<SqliteConnection> connection_;
    EpochRef schema_epoch_;
    std::mutex mutex_;
    std::condition_variable wake_;
    std::deque<WriteJobRef> waiting_;
    bool stops_ = false;
    std::once_flag joined_;
    std::thread thread_;
};

/// The open files of the process, so that every shard meets the same writer.
/// Threads: any.
class SqliteFiles {
public:
    /// The file at `settings.path` as `settings` have it; opened when no service holds it so yet.
    /// Blocks: not for a shard.
    /// Errors: as SqliteConnection::open; ServiceUnavailable after `stop`.
    Result<std::shared_ptr<SqliteFile>> open(const SqliteSettings& settings,
                                             std::chrono::milliseconds patience);
    EpochRef epoch_of(const std::string& path);
    /// Ends all writers. Before the shards go: writers report to them.
    void stop();

private:
    struct Entry {
        SqliteSettings settings;
        std::weak_ptr<SqliteFile> file;
    };
    std::shared_ptr<SqliteFile> find(const std::string& key, const SqliteSettings& wanted);

    /// Never held while a file is opened.
    std::mutex mutex_;
    bool stops_ = false;
    /// By the file's canonical path.
    std::multimap<std::string, Entry> files_;
    Epochs epochs_;
};

}  // namespace sluice::services::sql
