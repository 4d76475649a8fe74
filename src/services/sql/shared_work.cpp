#include "services/sql/shared_work.h"

#include <boost/asio/this_coro.hpp>

namespace sluice::services::sql {
namespace {

bool is_part_of(const Call& call) {
    const UnitOfWorkRef& unit = call.request.origin.unit;
    return unit && unit->service() == call.target.service;
}

}  // namespace

/// The statements of one transaction run one after the other, whoever asks for them.
Task<Result<GatePlace>> SharedWork::turn(Deadline deadline) {
    auto shard = co_await boost::asio::this_coro::executor;
    if (!turns_) {
        turns_.emplace(shard, 1);
    }
    const bool is_in = co_await turns_->enter(deadline);
    if (!is_in) {
        co_return fail(ErrorKind::UpstreamTimeout,
                       "Another call of the same transaction did not end in time.");
    }
    co_return GatePlace(&*turns_);
}

Task<Result<GatePlace>> SharedWork::open_turn(Deadline deadline) {
    CO_TRY(GatePlace place, co_await turn(deadline));
    if (is_over_) {
        co_return fail(ErrorKind::ServiceUnavailable, "The transaction of this call has ended.");
    }
    if (!transaction_) {
        CO_TRY(transaction_, co_await backend_->database->begin(deadline));
    }
    co_return place;
}

Task<Status> SharedWork::read(const Statement& statement, RowSink& sink, Deadline deadline) {
    CO_TRY(const GatePlace place, co_await open_turn(deadline));
    co_return co_await transaction_->read(statement, sink, deadline);
}

Task<Result<std::vector<Written>>> SharedWork::write(Writes writes, Deadline deadline) {
    CO_TRY(const GatePlace place, co_await open_turn(deadline));
    co_return co_await transaction_->write(std::move(writes), deadline);
}

Task<Status> SharedWork::commit(Deadline deadline) {
    CO_TRY(const GatePlace place, co_await turn(deadline));
    is_over_ = true;
    const auto transaction = std::move(transaction_);
    if (!transaction) {
        co_return Status();
    }
    Status committed = co_await transaction->commit(deadline);
    if (!committed && is_end_unknown(committed.error())) {
        backend_->changes.doubt();
    }
    backend_->changes.note();
    co_return committed;
}

Task<Status> SharedWork::rollback() {
    CO_TRY(const GatePlace place, co_await turn(Deadline()));
    is_over_ = true;
    const auto transaction = std::move(transaction_);
    co_return transaction ? co_await transaction->rollback() : Status();
}

Session& session_of(Backend& backend, const Call& call) {
    if (!is_part_of(call)) {
        return *backend.database;
    }
    UnitOfWork& unit = *call.request.origin.unit;
    if (unit.part() == nullptr) {
        unit.set_part(std::make_unique<SharedWork>(backend.shared_from_this()));
    }
    return static_cast<SharedWork&>(*unit.part());
}

Status check_not_shared(const Call& call, std::string_view what) {
    if (is_part_of(call)) {
        return fail(ErrorKind::BadRequest, std::string(what) + " in a transaction.");
    }
    return {};
}

}  // namespace sluice::services::sql
