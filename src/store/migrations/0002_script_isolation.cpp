#include "store/migrations/migrations.h"

namespace sluice::store {

const Migration kScriptIsolation{2, "script_isolation", R"sql(
ALTER TABLE "event_script" ADD COLUMN "isolation" VARCHAR(20);
)sql"};

}  // namespace sluice::store
