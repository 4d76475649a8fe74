#pragma once
/// A database behind ODBC as a Database.

#include "services/sql/epochs.h"
#include "services/sql/long_uses.h"
#include "services/sql/odbc/pool.h"
#include "services/sql/session.h"

namespace sluice::services::sql {

class OdbcDatabase : public Database {
public:
    OdbcDatabase(std::shared_ptr<OdbcPool> pool, EpochRef epoch)
        : pool_(std::move(pool)),
          epoch_(std::move(epoch)),
          long_uses_(pool_->shard(), pool_->most()) {}

    Task<Status> read(const Statement& statement, RowSink& sink, Deadline deadline) override;
    Task<Result<std::vector<Written>>> write(Writes writes, Deadline deadline) override;
    Task<Status> call(const RoutineCall& call, ResultSink& sink, Deadline deadline) override;
    Task<Result<std::unique_ptr<Transaction>>> begin(Deadline deadline, Deadline until) override;
    bool can_hold_transaction() const override { return long_uses_.are_possible(); }
    Task<Result<CursorRef>> open_cursor(Statement statement, Deadline deadline) override;
    std::atomic<std::uint64_t>& schema_epoch() override { return *epoch_; }

private:
    /// A connection on which `begin` (nothing when empty) has just been answered: what was closed
    /// meanwhile is found before a write is sent, which could not be sent again.
    Task<Result<std::unique_ptr<LentOdbc>>> lend_alive(std::string begin, Deadline deadline);

    std::shared_ptr<OdbcPool> pool_;
    EpochRef epoch_;
    LongUses long_uses_;
};

}  // namespace sluice::services::sql
