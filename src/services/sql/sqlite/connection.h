#pragma once
/// One connection to a SQLite file, with its prepared statements.

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "core/deadline.h"
#include "services/sql/prepared_statements.h"
#include "services/sql/statement.h"

struct sqlite3;
struct sqlite3_stmt;

namespace sluice::services::sql {

struct SqliteSettings {
    std::string path;
    /// A missing file is made; otherwise it is an error.
    bool creates = false;
    /// Wait at most this long for another process's lock.
    std::chrono::milliseconds busy_timeout{5000};
    /// FULL syncs the log at each commit; NORMAL may lose the last commits with the power.
    bool syncs_every_commit = true;
    /// Run at connect, from the service's configuration.
    std::vector<std::string> statements;

    bool operator==(const SqliteSettings&) const = default;
};

/// Threads: any, one at a time.
class SqliteConnection {
public:
    using Time = Deadline::Clock::time_point;

    /// Blocks, for `patience` at most where another process's lock is in the way.
    /// Errors: UpstreamTimeout when the lock outlasted `patience`; ServiceUnavailable with what is
    ///         wrong, the path only in the detail; Internal for a statement of the configuration
    ///         that is barred.
    static Result<std::unique_ptr<SqliteConnection>> open(const SqliteSettings& settings,
                                                          bool may_write,
                                                          std::chrono::milliseconds patience);
    ~SqliteConnection();
    SqliteConnection(const SqliteConnection&) = delete;
    SqliteConnection& operator=(const SqliteConnection&) = delete;

    /// Runs `statement` to its end, its rows into `sink`.
    /// Errors: from_sqlite; UpstreamTimeout when `until` passed, which `was_interrupted` tells too.
    Status run(const Statement& statement, RowSink& sink, Time until);
    /// The same without rows, for BEGIN, SAVEPOINT and the like. `text` must be our own.
    Status run(const char* text, Time until = Time::max());

    /// Begins `statement`, which must live until `end`; nothing else may run meanwhile.
    Status begin(const Statement& statement, Time until);
    /// The next `most` rows of what was begun, or until `sink` has enough. True: there may be more.
    /// Errors: as of `run`.
    Result<bool> step(RowSink& sink, std::size_t most, Time until);
    void end();

    /// Foreign keys and the names in views and triggers are left alone: a table takes the place of
    /// another. Outside of transactions only.
    void replace_tables(bool is_on);

    bool was_interrupted() const { return was_interrupted_; }
    /// The last statement failed since a foreign key refuses what it wrote.
    bool broke_reference() const { return broke_reference_; }
    bool is_in_transaction() const;

private:
    struct Finalize {
        void operator()(sqlite3_stmt* handle) const;
    };
    using Prepared = std::unique_ptr<sqlite3_stmt, Finalize>;

    explicit SqliteConnection(sqlite3* handle);
    Status set_up(const SqliteSettings& settings,
                  bool may_write,
                  std::chrono::milliseconds patience);
    Result<sqlite3_stmt*> prepare(const std::string& text);
    Status bind_all(sqlite3_stmt* handle, const std::vector<Value>& values);
    Result<bool> step_rows(sqlite3_stmt* handle, RowSink& sink, std::size_t most);
    void look_at_clock_until(Time until);
    Error error() const;
    static int on_progress(void* self);
    static int on_busy(void* self, int tries);

    sqlite3* handle_;
    PreparedStatements<Prepared> prepared_;
    /// The last one that is too long to be kept for good: a batch runs it once for each record.
    Prepared long_;
    std::string long_text_;
    /// Between `begin` and `end`.
    sqlite3_stmt* begun_ = nullptr;
    Time until_ = Time::max();
    std::chrono::milliseconds busy_timeout_{5000};
    bool was_interrupted_ = false;
    bool broke_reference_ = false;
    /// What the guard barred in the statement that was prepared last.
    std::string denied_;
};

/// What SQLite said -> the one Error.
/// Shape: names table and column of a broken constraint; never SQL or paths in the message.
Error from_sqlite(int extended_code, std::string_view message);

}  // namespace sluice::services::sql
