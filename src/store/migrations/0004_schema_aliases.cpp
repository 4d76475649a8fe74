#include "store/migrations/migrations.h"

namespace sluice::store {

const Migration kSchemaAliases{4, "schema_aliases", R"sql(
ALTER TABLE "db_table_extras" ADD COLUMN "alias" VARCHAR(255);
ALTER TABLE "db_field_extras" ADD COLUMN "db_function" TEXT;
ALTER TABLE "db_field_extras" ADD COLUMN "is_virtual" BOOLEAN NOT NULL DEFAULT FALSE;
CREATE TABLE "db_relation_extras" (
    "id" {identity},
    "service_id" BIGINT NOT NULL REFERENCES "service" ("id") ON DELETE CASCADE,
    "table" VARCHAR(255) NOT NULL,
    "relation" VARCHAR(255) NOT NULL,
    "type" VARCHAR(20) NOT NULL,
    "alias" VARCHAR(255),
    "label" VARCHAR(255),
    "description" TEXT,
    "always_fetch" BOOLEAN NOT NULL DEFAULT FALSE,
    "flatten" BOOLEAN NOT NULL DEFAULT FALSE,
    "flatten_drop_prefix" BOOLEAN NOT NULL DEFAULT FALSE
);
CREATE UNIQUE INDEX "db_relation_extras_relation"
    ON "db_relation_extras" ("service_id", "table", "relation");
)sql"};

}  // namespace sluice::store
