#include "services/sql/session.h"

namespace sluice::services::sql {

Task<Status> Database::call(const RoutineCall&, ResultSink&, Deadline) {
    co_return fail(ErrorKind::NotImplemented,
                   "Calling procedures and functions of this database is not implemented.");
}

}  // namespace sluice::services::sql
