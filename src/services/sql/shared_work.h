#pragma once
/// Calls that share a transaction: where the statements of a call run.
/// Source: docs/reference/transactions.md

#include <optional>

#include "core/call.h"
#include "core/unit_of_work.h"
#include "services/sql/backend.h"
#include "services/sql/gate.h"

namespace sluice::services::sql {

/// The transaction of a unit of work. It begins with the first statement; statements of calls that
/// run at the same time wait for one another.
/// Shape:  a statement that fails leaves what came before it as it was.
/// Errors: besides those of Session: ServiceUnavailable once the unit has ended.
class SharedWork : public Session, public UnitOfWork::Part {
public:
    /// `backend` lives as long as this.
    explicit SharedWork(std::shared_ptr<Backend> backend) : backend_(std::move(backend)) {}

    Task<Status> read(const Statement& statement, RowSink& sink, Deadline deadline) override;
    Task<Result<std::vector<Written>>> write(Writes writes, Deadline deadline) override;
    Task<Status> commit(Deadline deadline) override;
    Task<Status> rollback() override;

private:
    Task<Result<GatePlace>> turn(Deadline deadline);
    Task<Result<GatePlace>> open_turn(Deadline deadline);

    std::shared_ptr<Backend> backend_;
    std::optional<Gate> turns_;
    std::unique_ptr<Transaction> transaction_;
    bool is_over_ = false;
};

/// Where the statements of `call` run: in the unit of work that it is part of, or each on its own.
Session& session_of(Backend& backend, const Call& call);

/// Errors: BadRequest within a unit of work, "`what` in a transaction.": databases commit on their
///         own when a table changes, and so may a routine; on another connection either may wait
///         for the unit.
Status check_not_shared(const Call& call, std::string_view what);

}  // namespace sluice::services::sql
