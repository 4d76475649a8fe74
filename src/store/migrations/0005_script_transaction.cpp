#include "store/migrations/migrations.h"

namespace sluice::store {

const Migration kScriptTransaction{5, "script_transaction", R"sql(
ALTER TABLE "event_script" ADD COLUMN "transaction" BOOLEAN NOT NULL DEFAULT FALSE;
)sql"};

}  // namespace sluice::store
