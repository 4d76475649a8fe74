#pragma once
/// PostgreSQL as a Database.

#include "services/sql/epochs.h"
#include "services/sql/postgres/pool.h"
#include "services/sql/session.h"
#include "services/sql/statement_speed.h"

namespace sluice::services::sql {

class PostgresDatabase : public Database {
public:
    PostgresDatabase(PostgresSettings settings,
                     std::size_t lent_at_most,
                     EpochRef epoch,
                     Executor shard,
                     boost::asio::thread_pool& pool);

    Task<Status> read(const Statement& statement, RowSink& sink, Deadline deadline) override;
    Task<Result<std::vector<Written>>> write(Writes writes, Deadline deadline) override;
    Task<Status> call(const RoutineCall& call, ResultSink& sink, Deadline deadline) override;
    Task<Result<std::unique_ptr<Transaction>>> begin(Deadline deadline, Deadline until) override;
    Task<Result<CursorRef>> open_cursor(Statement statement, Deadline deadline) override;
    std::atomic<std::uint64_t>& schema_epoch() override { return *epoch_; }

private:
    enum class Does { Read, Write };
    Task<Status> run_shared(const Statement& statement,
                            RowSink& sink,
                            Deadline deadline,
                            Does does);
    Task<Status> run_alone(const Statement& statement, RowSink& sink, Deadline deadline);
    Task<Status> run_once(const Statement& statement, RowSink& sink, Deadline deadline, Does does);
    Task<Written> write_one(const Write& write, Deadline deadline);

    std::shared_ptr<PostgresPool> pool_;
    EpochRef epoch_;
    Executor shard_;
    std::size_t lent_at_most_;
    StatementSpeed speed_;
    /// How often each statement is being run on its own.
    store::TextMap<int> alone_;
    /// For those that run already: they leave a lent connection to others.
    Gate repeated_;
    Gate cursors_;
};

}  // namespace sluice::services::sql
