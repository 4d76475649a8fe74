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
          cursors_(pool_->shard(), std::max<std::size_t>(1, pool_->most() / 2)),
          long_(pool_->shard(), std::max<std::size_t>(1, pool_->most() - 1)) {}

    Task<Status> read(const Statement& statement, RowSink& sink, Deadline deadline) override;
    Task<Result<std::vector<Written>>> write(Writes writes, Deadline deadline) override;
    Task<Status> call(const Statement& statement, ResultSink& sink, Deadline deadline) override;
    Task<Result<std::unique_ptr<Transaction>>> begin(Deadline deadline, Deadline until) override;
    Task<Result<CursorRef>> open_cursor(Statement statement, Deadline deadline) override;
    std::atomic<std::uint64_t>& schema_epoch() override { return *epoch_; }

private:
    /// All of them may not be kept.
    bool has_one_connection() const { return pool_->most() < 2; }

    std::shared_ptr<MysqlPool> pool_;
    EpochRef epoch_;
    Gate cursors_;
    /// For what keeps a connection between two calls, which need another one meanwhile: for what
    /// they must know about tables.
    Gate long_;
};

}  // namespace sluice::services::sql
