#include "store/migrations/migrations.h"

namespace sluice::store {

const Migration kSystemTables{1, "system_tables", R"sql(
CREATE TABLE "setting" (
    "name" VARCHAR(64) NOT NULL PRIMARY KEY,
    "value" TEXT NOT NULL
);
CREATE TABLE "service" (
    "id" {identity},
    "name" VARCHAR(40) NOT NULL UNIQUE,
    "label" VARCHAR(80) NOT NULL,
    "description" TEXT,
    "is_active" BOOLEAN NOT NULL,
    "type" VARCHAR(40) NOT NULL,
    "mutable" BOOLEAN NOT NULL,
    "deletable" BOOLEAN NOT NULL,
    "config" TEXT NOT NULL,
    "created_date" VARCHAR(19) NOT NULL,
    "last_modified_date" VARCHAR(19) NOT NULL,
    "created_by_id" BIGINT,
    "last_modified_by_id" BIGINT
);
CREATE TABLE "role" (
    "id" {identity},
    "name" VARCHAR(64) NOT NULL UNIQUE,
    "description" TEXT,
    "is_active" BOOLEAN NOT NULL,
    "created_date" VARCHAR(19) NOT NULL,
    "last_modified_date" VARCHAR(19) NOT NULL,
    "created_by_id" BIGINT,
    "last_modified_by_id" BIGINT
);
CREATE TABLE "role_service_access" (
    "id" {identity},
    "role_id" BIGINT NOT NULL REFERENCES "role" ("id") ON DELETE CASCADE,
    "service_id" BIGINT REFERENCES "service" ("id") ON DELETE CASCADE,
    "component" VARCHAR(255),
    "verb_mask" INTEGER NOT NULL,
    "requestor_mask" INTEGER NOT NULL,
    "filters" TEXT,
    "filter_op" BOOLEAN NOT NULL
);
CREATE INDEX "role_service_access_role" ON "role_service_access" ("role_id");
CREATE INDEX "role_service_access_service" ON "role_service_access" ("service_id");
CREATE TABLE "app" (
    "id" {identity},
    "name" VARCHAR(64) NOT NULL UNIQUE,
    "api_key" VARCHAR(255) NOT NULL UNIQUE,
    "description" TEXT,
    "is_active" BOOLEAN NOT NULL,
    "type" INTEGER NOT NULL,
    "path" VARCHAR(255),
    "url" VARCHAR(255),
    "storage_service_id" BIGINT REFERENCES "service" ("id") ON DELETE SET NULL,
    "storage_container" VARCHAR(255),
    "requires_fullscreen" BOOLEAN NOT NULL,
    "allow_fullscreen_toggle" BOOLEAN NOT NULL,
    "toggle_location" VARCHAR(64),
    "role_id" BIGINT REFERENCES "role" ("id") ON DELETE SET NULL,
    "created_date" VARCHAR(19) NOT NULL,
    "last_modified_date" VARCHAR(19) NOT NULL,
    "created_by_id" BIGINT,
    "last_modified_by_id" BIGINT
);
CREATE INDEX "app_role" ON "app" ("role_id");
CREATE TABLE "user" (
    "id" {identity},
    "name" VARCHAR(255) NOT NULL,
    "username" VARCHAR(64) UNIQUE,
    "first_name" VARCHAR(64),
    "last_name" VARCHAR(64),
    "email" VARCHAR(255) NOT NULL UNIQUE,
    "phone" VARCHAR(32),
    "password_hash" VARCHAR(255) NOT NULL,
    "is_active" BOOLEAN NOT NULL,
    "is_sys_admin" BOOLEAN NOT NULL,
    "confirmed" BOOLEAN NOT NULL,
    "last_login_date" VARCHAR(19),
    "default_app_id" BIGINT REFERENCES "app" ("id") ON DELETE SET NULL,
    "security_question" VARCHAR(255),
    "security_answer_hash" VARCHAR(255) NOT NULL,
    "created_date" VARCHAR(19) NOT NULL,
    "last_modified_date" VARCHAR(19) NOT NULL,
    "created_by_id" BIGINT,
    "last_modified_by_id" BIGINT
);
CREATE TABLE "user_to_app_to_role" (
    "id" {identity},
    "user_id" BIGINT NOT NULL REFERENCES "user" ("id") ON DELETE CASCADE,
    "app_id" BIGINT NOT NULL REFERENCES "app" ("id") ON DELETE CASCADE,
    "role_id" BIGINT NOT NULL REFERENCES "role" ("id") ON DELETE CASCADE,
    UNIQUE ("user_id", "app_id")
);
CREATE INDEX "user_to_app_to_role_app" ON "user_to_app_to_role" ("app_id");
CREATE INDEX "user_to_app_to_role_role" ON "user_to_app_to_role" ("role_id");
CREATE TABLE "token_map" (
    "token_hash" VARCHAR(64) NOT NULL PRIMARY KEY,
    "user_id" BIGINT NOT NULL REFERENCES "user" ("id") ON DELETE CASCADE,
    "iat" BIGINT NOT NULL,
    "exp" BIGINT NOT NULL,
    "is_revoked" BOOLEAN NOT NULL
);
CREATE INDEX "token_map_user" ON "token_map" ("user_id");
CREATE INDEX "token_map_iat" ON "token_map" ("iat");
CREATE TABLE "event_script" (
    "name" VARCHAR(255) NOT NULL PRIMARY KEY,
    "type" VARCHAR(40) NOT NULL,
    "content" TEXT,
    "config" TEXT NOT NULL,
    "is_active" BOOLEAN NOT NULL,
    "allow_event_modification" BOOLEAN NOT NULL,
    "storage_service_id" BIGINT REFERENCES "service" ("id") ON DELETE SET NULL,
    "storage_path" TEXT,
    "scm_repository" VARCHAR(255),
    "scm_reference" VARCHAR(255),
    "limits" TEXT NOT NULL,
    "created_date" VARCHAR(19) NOT NULL,
    "last_modified_date" VARCHAR(19) NOT NULL,
    "created_by_id" BIGINT,
    "last_modified_by_id" BIGINT
);
)sql"};

}  // namespace sluice::store
