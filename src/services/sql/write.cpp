#include "services/sql/write.h"

namespace sluice::services::sql {

Written judge(const Write& write, JsonRows& rows) {
    if (touched_nothing(rows) && write.identifier) {
        return fail(ErrorKind::NotFound,
                    "Record with identifier '" + *write.identifier + "' not found.");
    }
    if (write.returns_permission && !rows.all_permitted()) {
        return fail(ErrorKind::Forbidden,
                    "The record is outside of what your role may write in this table.");
    }
    const std::size_t count = rows.count();
    return WrittenRows{rows.take(), count};
}

}  // namespace sluice::services::sql
