#pragma once
/// Writes on one connection to MySQL, with what must stand around them.

#include "services/sql/mysql/pool.h"
#include "services/sql/session.h"

namespace sluice::services::sql {

/// Threads: one shard; lives in the frame of whoever lent the connection.
class MysqlWriter {
public:
    MysqlWriter(MysqlPool& pool, MysqlConnectionRef connection, Deadline deadline)
        : pool_(pool), connection_(std::move(connection)), deadline_(deadline) {}

    /// One write without a transaction: its statement is one by itself.
    Task<Written> alone(const Write& write);
    /// All of them in a transaction of their own.
    Task<Result<std::vector<Written>>> in_transaction(const Writes& writes);
    /// All of them inside the transaction that is open.
    Task<Result<std::vector<Written>>> inside(const Writes& writes);

    /// What `alone` is enough for.
    static bool stands_alone(const Write& write);

private:
    Task<Status> run(const Statement& statement, RowSink& sink);
    Task<Status> change(const Statement& statement,
                        const std::optional<Reread>& reread,
                        JsonRows& rows);
    /// `budget`: null where the write could not be undone.
    Task<Written> one(const Write& write, std::shared_ptr<ByteBudget> budget);
    Task<Written> all(Steps& steps);
    /// Leaves nothing of a write that fails. The error is the write's own, also where it cannot be
    /// undone alone; then the connection is closed, unless the transaction is gone already.
    Task<Written> guarded(const Write& write);
    /// The last statement failed, and the server has rolled back all before it.
    bool has_lost_transaction() const;
    /// Each until one fails, unless the mode says otherwise.
    enum class OnFailure {
        UndoOne,    ///< what the failed one did is undone before the next
        LeaveToAll  ///< the caller undoes them all
    };
    Task<Result<std::vector<Written>>> each(const Writes& writes, OnFailure on_failure);
    Task<Status> control(std::string text, Deadline deadline);

    MysqlPool& pool_;
    MysqlConnectionRef connection_;
    Deadline deadline_;
    MysqlCommandRef last_;
};

/// One statement that reads. `command` tells more about what became of it.
Task<Status> run_statement(MysqlPool& pool,
                           MysqlConnectionRef connection,
                           const Statement& statement,
                           RowSink& sink,
                           Deadline deadline);

}  // namespace sluice::services::sql
