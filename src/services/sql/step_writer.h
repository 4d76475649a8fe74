#pragma once
/// Writes on one connection that runs one statement after the other, with what must stand around
/// them: the order in which drivers without a pipeline do it.

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "services/sql/session.h"

namespace sluice::services::sql {

/// What controls transactions. The name of a savepoint follows the last three.
struct TransactionWords {
    std::string_view begin;
    std::string_view commit;
    std::string_view rollback;
    std::string_view savepoint;
    std::string_view rollback_to;
    /// Empty: savepoints are not given up, they end with the transaction.
    std::string_view release;
};

/// The commands that make a mark of a transaction, or end one.
std::vector<std::string> commands_of(const TransactionWords& words,
                                     Transaction::Mark what,
                                     int number);

/// A connection as the writer uses it.
class StepConnection {
public:
    virtual ~StepConnection() = default;
    virtual Task<Status> run(const Statement& statement, RowSink& sink) = 0;
    /// A text without values or rows.
    virtual Task<Status> control(std::string text, Deadline deadline) = 0;

    // Of the statement that `run` was last given:
    virtual std::uint64_t touched() const = 0;
    /// A record that it refers to is not there, and the error does not say which.
    virtual bool broke_nameless_reference() const = 0;
    /// It failed, and the server has rolled back all before it.
    virtual bool has_lost_transaction() const = 0;

    virtual bool is_broken() const = 0;
    /// The server rolls back what lost its connection.
    virtual void close() = 0;
};

/// Threads: one shard; lives in the frame of whoever lent the connection.
class StepWriter {
public:
    /// `guards_each`: a statement that failed may leave the transaction unusable.
    StepWriter(StepConnection& steps,
               const TransactionWords& words,
               bool guards_each,
               Deadline deadline)
        : steps_(steps), words_(words), guards_each_(guards_each), deadline_(deadline) {}

    /// One write without a transaction: its statement is one by itself.
    Task<Written> alone(const Write& write);
    /// All of them in a transaction, from its begin on, which must have happened.
    Task<Result<std::vector<Written>>> in_transaction(const Writes& writes);
    /// All of them inside the transaction that is open.
    Task<Result<std::vector<Written>>> inside(const Writes& writes);

    /// What `alone` is enough for.
    static bool stands_alone(const Write& write);

private:
    Task<Status> change(const Statement& statement,
                        const std::optional<Reread>& reread,
                        JsonRows& rows);
    /// `budget`: null where the write could not be undone.
    Task<Written> one(const Write& write, std::shared_ptr<ByteBudget> budget);
    Task<Written> all(Steps& steps);
    /// Leaves nothing of a write that fails. The error is the write's own, also where it cannot be
    /// undone alone; then the connection is closed, unless the transaction is gone already.
    Task<Written> guarded(const Write& write);
    /// Each until one fails, unless the mode says otherwise.
    enum class OnFailure {
        UndoOne,    ///< what the failed one did is undone before the next
        LeaveToAll  ///< the caller undoes them all
    };
    Task<Result<std::vector<Written>>> each(const Writes& writes, OnFailure on_failure);
    Task<Status> name(std::string_view word, std::string_view savepoint, Deadline deadline);

    StepConnection& steps_;
    const TransactionWords& words_;
    bool guards_each_;
    Deadline deadline_;
    bool has_run_ = false;
};

}  // namespace sluice::services::sql
