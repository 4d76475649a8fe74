#include "services/sql/long_uses.h"

namespace sluice::services::sql {

Task<Result<LongPlace>> LongUses::for_transaction(Deadline deadline) {
    if (!are_possible()) {
        co_return fail(ErrorKind::ServiceUnavailable,
                       "A transaction needs a service whose 'max_connections' is 2 or more.");
    }
    const bool is_in = co_await any_.enter(deadline);
    if (!is_in) {
        co_return fail(all_in_use());
    }
    co_return LongPlace{GatePlace(nullptr), GatePlace(&any_)};
}

Task<Result<LongPlace>> LongUses::for_cursor(Deadline deadline) {
    const bool is_in = co_await cursors_.enter(deadline);
    if (!is_in) {
        co_return fail(ErrorKind::ServiceUnavailable, "Too many long lists are being read.");
    }
    GatePlace cursor(&cursors_);
    const bool is_in_too = co_await any_.enter(deadline);
    if (!is_in_too) {
        co_return fail(all_in_use());
    }
    co_return LongPlace{std::move(cursor), GatePlace(&any_)};
}

}  // namespace sluice::services::sql
