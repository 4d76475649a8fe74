#include "core/unit_of_work.h"

namespace sluice {

Task<Status> UnitOfWork::end(bool keeps, Deadline deadline) {
    is_over_ = true;
    if (!part_) {
        co_return Status();
    }
    if (!keeps) {
        co_return co_await part_->rollback();
    }
    if (deadline.has_passed()) {
        // A commit could no longer be waited for: whether it came about would not be known.
        static_cast<void>(co_await part_->rollback());
        co_return fail(ErrorKind::UpstreamTimeout,
                       "The transaction took too long, and everything in it is undone.");
    }
    co_return co_await part_->commit(deadline);
}

UnitOfWork* UnitOfWork::of(UnitOfWork* unit, std::string_view service) {
    while (unit != nullptr && unit->service_ != service) {
        unit = unit->outer_.get();
    }
    return unit;
}

bool UnitOfWork::is_any_open(const UnitOfWork* unit) {
    while (unit != nullptr && (!unit->part_ || !unit->part_->is_open())) {
        unit = unit->outer_.get();
    }
    return unit != nullptr;
}

}  // namespace sluice
