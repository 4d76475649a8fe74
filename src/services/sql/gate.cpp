#include "services/sql/gate.h"

namespace sluice::services::sql {

Task<bool> Gate::enter(Deadline deadline) {
    if (free_ > 0) {
        --free_;
        co_return true;
    }
    if (waiting_.size() >= kMostWaiting) {
        co_return false;
    }
    const auto signal = std::make_shared<Signal>(executor_);
    waiting_.push_back(signal);
    const bool is_in = co_await signal->wait_until(deadline);
    if (!is_in) {
        waiting_.remove(signal);
    }
    co_return is_in;
}

void Gate::leave() {
    if (waiting_.empty()) {
        ++free_;
        return;
    }
    // The place is handed over, so that nobody can slip in between.
    const auto next = std::move(waiting_.front());
    waiting_.pop_front();
    next->set();
}

}  // namespace sluice::services::sql
