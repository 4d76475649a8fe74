#pragma once
/// MySQL and MariaDB as a Database.

#include "services/sql/epochs.h"
#include "services/sql/long_uses.h"
#include "services/sql/mysql/pool.h"
#include "services/sql/session.h"

namespace sluice::services::sql {

class MysqlDatabase : public Database {
public:
    MysqlDatabase(std::shared_ptr<MysqlPool> pool, EpochRef epoch)
        : pool_(std::move(pool)),
          epoch_(std::move(epoch)),
          long_uses_(pool_->shard(), pool_->most()) {}

    Task<Status> read(const Statement& statement, RowSink& sink, Deadline deadline) override;
    Task<Result<std::vector<Written>>> write(Writes writes, Deadline deadline) override;
    Task<Status> call(const RoutineCall& call, ResultSink& sink, Deadline deadline) override;
    Task<Result<std::unique_ptr<Transaction>>> begin(Deadline deadline, Deadline until) override;
    Task<Result<CursorRef>> open_cursor(Statement statement, Deadline deadline) override;
    std::atomic<std::uint64_t>& schema_epoch() override { return *epoch_; }
    bool can_hold_transaction() const override { return long_uses_.are_possible(); }

private:
    std::shared_ptr<MysqlPool> pool_;
    EpochRef epoch_;
    LongUses long_uses_;
};

}  // namespace sluice::services::sql
