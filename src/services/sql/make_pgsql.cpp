#include "services/sql/connectors.h"
namespace sluice::services::sql {
Result<ServiceRef> make_pgsql(const store::ServiceRow&, Executor, Shared&) {
    return fail(ErrorKind::NotImplemented, "not yet");
}
}  // namespace sluice::services::sql
