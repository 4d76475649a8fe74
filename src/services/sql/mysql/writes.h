#pragma once
/// One connection to MySQL, as writes run on it.

#include "services/sql/mysql/pool.h"
#include "services/sql/step_writer.h"

namespace sluice::services::sql {

/// Threads: one shard; lives in the frame of whoever lent the connection.
class MysqlSteps : public StepConnection {
public:
    MysqlSteps(MysqlPool& pool, MysqlConnectionRef connection, Deadline deadline)
        : pool_(pool), connection_(std::move(connection)), deadline_(deadline) {}

    Task<Status> run(const Statement& statement, RowSink& sink) override;
    Task<Status> control(std::string text, Deadline deadline) override;
    std::uint64_t touched() const override { return last_->touched; }
    bool broke_nameless_reference() const override;
    bool has_lost_transaction() const override;
    bool is_broken() const override { return connection_->is_broken(); }
    void close() override { connection_->close(); }

private:
    MysqlPool& pool_;
    MysqlConnectionRef connection_;
    Deadline deadline_;
    MysqlCommandRef last_;
};

inline constexpr TransactionWords kMysqlWords{
    "START TRANSACTION",     "COMMIT",           "ROLLBACK", "SAVEPOINT",
    "ROLLBACK TO SAVEPOINT", "RELEASE SAVEPOINT"};

/// One statement that reads. `command` tells more about what became of it.
Task<Status> run_statement(MysqlPool& pool,
                           MysqlConnectionRef connection,
                           const Statement& statement,
                           RowSink& sink,
                           Deadline deadline);

}  // namespace sluice::services::sql
