#include "services/sql/shared_work.h"

#include <boost/asio/this_coro.hpp>

namespace sluice::services::sql {
namespace {

/// What leaves a transaction as it was: also after the deadline.
constexpr auto kTidyTime = std::chrono::seconds(5);

UnitOfWork* unit_of(const Call& call) {
    return UnitOfWork::of(call.request.origin.unit.get(), call.target.service);
}

Error ended() {
    return {ErrorKind::ServiceUnavailable, "The transaction of this call has ended."};
}

Error spoilt() {
    return {ErrorKind::ServiceUnavailable,
            "A part of the transaction could not be undone alone, or its service was changed "
            "meanwhile: nothing of it is written."};
}

}  // namespace

/// Whoever stands around it goes on with what nobody meant to keep, unless it is told.
SharedWork::~SharedWork() {
    if (outer_ != nullptr && transaction_ != nullptr) {
        outer_->spoil();
    }
}

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
    if (is_over_ || is_spoilt_) {
        co_return fail(is_over_ ? ended() : spoilt());
    }
    if (transaction_ == nullptr) {
        CO_CHECK(co_await begin(deadline));
    }
    co_return place;
}

Task<Status> SharedWork::begin(Deadline deadline) {
    if (outer_ == nullptr) {
        CO_TRY(own_, co_await backend_->database->begin(deadline, until_));
        transaction_ = own_.get();
        co_return Status();
    }
    CO_TRY(GatePlace place, co_await outer_->open_turn(deadline));
    const Status set =
        co_await outer_->transaction_->mark(Transaction::Mark::Set, number_, deadline);
    if (!set) {
        outer_->spoil();
        co_return set;
    }
    outer_turn_.emplace(std::move(place));
    transaction_ = outer_->transaction_;
    co_return Status();
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
    is_over_ = true;  // those who wait for a turn come too late
    CO_TRY(const GatePlace place, co_await turn(deadline));
    if (transaction_ == nullptr) {
        co_return is_spoilt_ ? Status(fail(spoilt())) : Status();
    }
    if (!is_spoilt_) {
        Status committed = co_await end(Transaction::Mark::Keep, deadline);
        if (!committed && is_end_unknown(committed.error())) {
            backend_->changes.doubt();
        }
        backend_->changes.note();
        co_return committed;
    }
    static_cast<void>(co_await end(Transaction::Mark::Undo, Deadline::after(kTidyTime)));
    co_return fail(spoilt());
}

Task<Status> SharedWork::rollback() {
    is_over_ = true;
    CO_TRY(const GatePlace place, co_await turn(Deadline()));
    if (transaction_ == nullptr) {
        co_return Status();
    }
    co_return co_await end(Transaction::Mark::Undo, Deadline::after(kTidyTime));
}

Task<Status> SharedWork::end(Transaction::Mark how, Deadline deadline) {
    transaction_ = nullptr;
    if (outer_ == nullptr) {
        const auto transaction = std::move(own_);
        if (how == Transaction::Mark::Keep) {
            co_return co_await transaction->commit(deadline);
        }
        co_return co_await transaction->rollback();
    }
    const auto turn_there = std::exchange(outer_turn_, std::nullopt);
    const Status ended = co_await outer_->transaction_->mark(how, number_, deadline);
    if (!ended) {
        outer_->spoil();
    }
    co_return ended;
}

SharedWork& work_of(Backend& backend, UnitOfWork& unit) {
    if (unit.part() == nullptr) {
        UnitOfWork* outer = UnitOfWork::of(unit.outer(), unit.service());
        if (outer != nullptr) {
            unit.set_part(std::make_unique<SharedWork>(work_of(backend, *outer), unit));
        } else {
            unit.set_part(std::make_unique<SharedWork>(backend.shared_from_this(), unit));
        }
    }
    auto& work = static_cast<SharedWork&>(*unit.part());
    if (!work.is_of(backend)) {
        work.spoil();  // what was planned for one database must not run on the other
    }
    return work;
}

Session& session_of(Backend& backend, const Call& call) {
    UnitOfWork* unit = unit_of(call);
    if (unit == nullptr) {
        return *backend.database;
    }
    return work_of(backend, *unit);
}

Status check_not_shared(const Call& call, std::string_view what) {
    if (unit_of(call) != nullptr) {
        return fail(ErrorKind::BadRequest, std::string(what) + " in a transaction.");
    }
    return {};
}

}  // namespace sluice::services::sql
