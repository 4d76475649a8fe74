#pragma once
/// A database as the connector uses it: statements in, rows out. Each driver provides one.
/// Design: docs/adr/0010-blocking-drivers.md.

#include <atomic>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "core/deadline.h"
#include "core/result.h"
#include "core/task.h"
#include "services/sql/write.h"

namespace sluice::services::sql {

/// Where statements run: the database itself (each on its own), or an open transaction.
///
/// Errors:  NotFound/BadRequest/Conflict/Forbidden for what the data or the statement is to blame,
///          ServiceUnavailable when the database is away or too busy, UpstreamTimeout when the
///          deadline passed.
/// Threads: the shard that owns it.
class Session {
public:
    virtual ~Session() = default;
    /// One statement that changes nothing. `sink` and `statement` live in the caller's frame.
    virtual Task<Status> read(const Statement& statement, RowSink& sink, Deadline deadline) = 0;
    /// All `writes` as `mode` says; nothing is acknowledged before it is durable.
    /// Shape: one result per write that was tried, in order. An error of the whole (not of one
    ///        write) means that none of it happened, unless the message says that it is unknown.
    virtual Task<Result<std::vector<Written>>> write(Writes writes, Deadline deadline) = 0;
};

/// One connection, held for it alone. Rolled back when destroyed before `commit`.
class Transaction : public Session {
public:
    enum class Mark {
        Set,
        Keep,  ///< what came after it belongs to what came before
        Undo,  ///< what came after it is undone; the mark goes, too
    };
    /// A place to go back to. They stand inside of one another, numbered from 1.
    /// Errors: after one of them the transaction is of no more use.
    virtual Task<Status> mark(Mark what, int number, Deadline deadline) = 0;
    virtual Task<Status> commit(Deadline deadline) = 0;
    virtual Task<Status> rollback() = 0;
};

/// A read whose rows are fetched a few at a time; none that were not asked for are held here. The
/// rows are those of one moment. Given up when destroyed, which must be before its database is.
class Cursor {
public:
    virtual ~Cursor() = default;
    /// The next `most` rows into `sink`, which lives in the caller's frame; fewer where it has
    /// enough before, if the driver can stop there. False: there are no more. Not to be called
    /// again after that, or after an error.
    virtual Task<Result<bool>> fetch(RowSink& sink, std::size_t most, Deadline deadline) = 0;
};
using CursorRef = std::unique_ptr<Cursor>;

/// A call of a routine. Drivers that hand over what parameters give, and know what it is, look at
/// the statement alone; ODBC's do not.
struct RoutineCall {
    Statement statement;
    /// Run before it in the same session, for what they leave there. They have no results.
    std::vector<Statement> before = {};
    /// Run after it: its row is what the parameters give.
    std::optional<Statement> after = {};
    /// The columns of the last statement's result; empty: as the driver tells.
    std::vector<ResultColumnHead> columns = {};
};

class Database : public Session {
public:
    /// Statements that may do anything: change rows, begin and end transactions, give several
    /// results. They are tried once. An open transaction, temporary tables and settings that they
    /// leave behind in their session are gone before anybody else gets that.
    /// Errors: as above; NotImplemented where a driver has no such thing.
    virtual Task<Status> call(const RoutineCall& call, ResultSink& sink, Deadline deadline);
    /// `until`: what is still open then may be undone by the driver itself.
    virtual Task<Result<std::unique_ptr<Transaction>>> begin(Deadline deadline, Deadline until) = 0;
    /// A transaction leaves connections to others; where it would not, `begin` may be refused.
    virtual bool can_hold_transaction() const { return true; }
    /// Opens a cursor on one statement that changes nothing. Each holds a connection: there may be
    /// only a few at a time, and others wait their turn until the deadline.
    /// Shape:  null where the driver has none.
    /// Errors: those of `read`; ServiceUnavailable when no turn came.
    virtual Task<Result<CursorRef>> open_cursor(Statement, Deadline) { co_return CursorRef(); }
    /// Grows when tables may have changed: what was known about them is stale. Shared by all
    /// shards of the process.
    virtual std::atomic<std::uint64_t>& schema_epoch() = 0;
};

}  // namespace sluice::services::sql
