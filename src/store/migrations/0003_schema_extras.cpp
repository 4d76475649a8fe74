#include "store/migrations/migrations.h"

namespace sluice::store {

const Migration kSchemaExtras{3, "schema_extras", R"sql(
CREATE TABLE "db_table_extras" (
    "id" {identity},
    "service_id" BIGINT NOT NULL REFERENCES "service" ("id") ON DELETE CASCADE,
    "table" VARCHAR(255) NOT NULL,
    "label" VARCHAR(255),
    "plural" VARCHAR(255),
    "description" TEXT,
    "name_field" VARCHAR(255)
);
CREATE UNIQUE INDEX "db_table_extras_table" ON "db_table_extras" ("service_id", "table");
CREATE TABLE "db_field_extras" (
    "id" {identity},
    "service_id" BIGINT NOT NULL REFERENCES "service" ("id") ON DELETE CASCADE,
    "table" VARCHAR(255) NOT NULL,
    "field" VARCHAR(255) NOT NULL,
    "alias" VARCHAR(255),
    "label" VARCHAR(255),
    "description" TEXT,
    "extra_type" VARCHAR(40),
    "picklist" TEXT,
    "validation" TEXT
);
CREATE UNIQUE INDEX "db_field_extras_field" ON "db_field_extras" ("service_id", "table", "field");
CREATE TABLE "db_virtual_relationship" (
    "id" {identity},
    "service_id" BIGINT NOT NULL REFERENCES "service" ("id") ON DELETE CASCADE,
    "table" VARCHAR(255) NOT NULL,
    "name" VARCHAR(255) NOT NULL,
    "type" VARCHAR(20) NOT NULL,
    "label" VARCHAR(255),
    "description" TEXT,
    "field" VARCHAR(255) NOT NULL,
    "ref_table" VARCHAR(255) NOT NULL,
    "ref_field" VARCHAR(255) NOT NULL,
    "junction_table" VARCHAR(255),
    "junction_field" VARCHAR(255),
    "junction_ref_field" VARCHAR(255)
);
CREATE UNIQUE INDEX "db_virtual_relationship_name"
    ON "db_virtual_relationship" ("service_id", "table", "name");
)sql"};

}  // namespace sluice::store
