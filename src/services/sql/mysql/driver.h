#pragma once
/// MySQL and MariaDB as a Database.

#include <algorithm>

#include "services/sql/epochs.h"
#include "services/sql/mysql/pool.h"
#include "services/sql/session.h"

namespace sluice::services::sql {

class MysqlDatabase : public Database {
public:
    MysqlDatabase(std::shared_ptr<MysqlPool> pool, EpochRef epoch)
        : pool_(std::move(pool)),
          epoch_(std::move(epoch)),
          cursors_(pool_->shard(), std::max<std::size_t>(1, pool_->most() / 2)) {}

    Task<Status> read(const Statement& statement, RowSink& sink, Deadline deadline) override;
    Task<Result<std::vector<Written>>> write(Writes writes, Deadline deadline) override;
    Task<Result<std::unique_ptr<Transaction>>> begin(Deadline deadline) override;
    Task<Result<CursorRef>> open_cursor(Statement statement, Deadline deadline) override;
    std::atomic<std::uint64_t>& schema_epoch() override { return *epoch_; }

private:
    std::shared_ptr<MysqlPool> pool_;
    EpochRef epoch_;
    Gate cursors_;
};

}  // namespace sluice::services::sql
