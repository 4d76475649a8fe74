#pragma once
/// Calls that share a transaction: where the statements of a call run.
/// Source: docs/reference/transactions.md

#include <optional>

#include "core/call.h"
#include "core/unit_of_work.h"
#include "services/sql/backend.h"
#include "services/sql/gate.h"

namespace sluice::services::sql {

/// The transaction of a unit of work, or the part of it that a unit inside of another is. It begins
/// with the first statement; statements of calls that run at the same time wait for one another.
/// Shape:  a statement that fails leaves what came before it as it was.
/// Errors: besides those of Session: ServiceUnavailable once the unit has ended.
class SharedWork : public Session, public UnitOfWork::Part {
public:
    /// `backend` lives as long as this.
    SharedWork(std::shared_ptr<Backend> backend, const UnitOfWork& unit)
        : backend_(std::move(backend)), until_(unit.until()), is_over_(unit.is_over()) {}
    /// A part of `outer` that is kept or undone alone. From its first statement to its end it has
    /// the turn there. `outer` outlives it.
    SharedWork(SharedWork& outer, const UnitOfWork& unit)
        : backend_(outer.backend_),
          outer_(&outer),
          number_(outer.number_ + 1),
          until_(unit.until()),
          is_over_(unit.is_over()) {}
    ~SharedWork() override;
    SharedWork(const SharedWork&) = delete;
    SharedWork& operator=(const SharedWork&) = delete;

    Task<Status> read(const Statement& statement, RowSink& sink, Deadline deadline) override;
    Task<Result<std::vector<Written>>> write(Writes writes, Deadline deadline) override;
    Task<Status> commit(Deadline deadline) override;
    Task<Status> rollback() override;
    bool is_open() const override { return transaction_ != nullptr; }

    /// Of another one when its service was changed meanwhile.
    bool is_of(const Backend& backend) const { return backend_.get() == &backend; }
    /// Nothing of it can be kept any more, and nothing is added.
    void spoil() { is_spoilt_ = true; }

private:
    Task<Result<GatePlace>> turn(Deadline deadline);
    Task<Result<GatePlace>> open_turn(Deadline deadline);
    Task<Status> begin(Deadline deadline);
    Task<Status> end(Transaction::Mark how, Deadline deadline);

    std::shared_ptr<Backend> backend_;
    SharedWork* outer_ = nullptr;
    /// Of the mark within the transaction; 0 for the whole of it.
    int number_ = 0;
    Deadline until_;
    std::optional<Gate> turns_;
    std::unique_ptr<Transaction> own_;
    /// Null until the first statement.
    Transaction* transaction_ = nullptr;
    std::optional<GatePlace> outer_turn_;
    bool is_over_ = false;
    /// A part of it could not be undone alone, or its service is another now.
    bool is_spoilt_ = false;
};

/// What the service keeps of `unit`, which is of its own.
SharedWork& work_of(Backend& backend, UnitOfWork& unit);

/// Where the statements of `call` run: in the unit of work that it is part of, or each on its own.
Session& session_of(Backend& backend, const Call& call);

/// Errors: BadRequest within a unit of work, "`what` in a transaction.": databases commit on their
///         own when a table changes, and so may a routine; on another connection either may wait
///         for the unit.
Status check_not_shared(const Call& call, std::string_view what);

}  // namespace sluice::services::sql
