#pragma once
/// One ODBC connection, as statements run on it one after the other.

#include "services/sql/odbc/pool.h"
#include "services/sql/step_writer.h"

namespace sluice::services::sql {

/// Threads: one shard; lives in the frame of whoever lent the connection.
class OdbcSteps : public StepConnection {
public:
    OdbcSteps(OdbcPool& pool, OdbcConnectionRef connection, Deadline deadline)
        : pool_(pool), connection_(std::move(connection)), deadline_(deadline) {}

    Task<Status> run(const Statement& statement, RowSink& sink) override;
    Task<Status> control(std::string text, Deadline deadline) override;
    std::uint64_t touched() const override { return last_->work->touched; }
    bool broke_nameless_reference() const override;
    bool has_lost_transaction() const override;
    bool is_broken() const override { return connection_->is_broken(); }
    void close() override { connection_->close(); }

    /// The last statement began to answer.
    bool has_given_rows() const { return has_ended() && last_->work->has_rows; }

private:
    /// Of a statement that is over; what still runs belongs to its thread.
    bool has_ended() const { return last_ && last_->is_over; }

    OdbcPool& pool_;
    OdbcConnectionRef connection_;
    Deadline deadline_;
    OdbcCommandRef last_;
};

}  // namespace sluice::services::sql
