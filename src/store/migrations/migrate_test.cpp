#include <gtest/gtest.h>

#include "store/migrations/migrations.h"
#include "store/sqlite_database.h"
#include "store/testing.h"

namespace sluice::store {
namespace {

class Migrate : public ::testing::Test {
protected:
    Migrate() : database_(*open_sqlite(folder_.file("x.sqlite"))) {}

    std::int64_t number(const char* sql) {
        return integer_of(database_->query(sql, {})->at(0).at(0));
    }

    testing::TempFolder folder_;
    std::unique_ptr<Database> database_;
};

TEST_F(Migrate, NewDatabaseGetsEveryStepOnce) {
    EXPECT_EQ(*migrate(*database_), 0);
    EXPECT_EQ(*migrate(*database_), migrations().back().version);
    EXPECT_EQ(number("SELECT COUNT(*) FROM \"schema_version\""),
              static_cast<std::int64_t>(migrations().size()));
}

TEST_F(Migrate, VersionsCountFromOneWithoutGaps) {
    int expected = 1;
    for (const Migration& step : migrations()) {
        EXPECT_EQ(step.version, expected++) << step.name;
    }
}

TEST_F(Migrate, NewerDatabaseIsRefusedWithOneSentence) {
    ASSERT_TRUE(migrate(*database_));
    ASSERT_TRUE(database_->run_script("INSERT INTO schema_version VALUES (9999, 'future', 'x')"));
    const auto refused = migrate(*database_);
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().kind(), ErrorKind::ServiceUnavailable);
    EXPECT_NE(refused.error().message().find("9999"), std::string::npos);
}

TEST_F(Migrate, EveryColumnOfEveryRowExists) {
    ASSERT_TRUE(migrate(*database_));
    Changes changes;
    Tables tables(*database_, changes);
    EXPECT_TRUE(tables.services.all());
    EXPECT_TRUE(tables.apps.all());
    EXPECT_TRUE(tables.roles.all());
    EXPECT_TRUE(tables.role_accesses.all());
    EXPECT_TRUE(tables.users.all());
    EXPECT_TRUE(tables.user_app_roles.all());
    EXPECT_TRUE(tables.event_scripts.all());
    EXPECT_TRUE(tables.table_extras.all());
    EXPECT_TRUE(tables.field_extras.all());
    EXPECT_TRUE(tables.relation_extras.all());
    EXPECT_TRUE(tables.virtual_relations.all());
    EXPECT_TRUE(tables.tokens.all());
    EXPECT_TRUE(tables.settings.all());
}

TEST_F(Migrate, ScriptsOfTheFirstVersionAreKept) {
    ASSERT_TRUE(migrate(*database_));
    ASSERT_TRUE(database_->run_script(
        "ALTER TABLE event_script DROP COLUMN isolation;"
        "ALTER TABLE event_script DROP COLUMN \"transaction\";"
        "DROP TABLE db_table_extras; DROP TABLE db_field_extras; DROP TABLE "
        "db_virtual_relationship; DROP TABLE db_relation_extras;"
        "DELETE FROM schema_version WHERE version > 1;"
        "INSERT INTO event_script (name, type, config, is_active, allow_event_modification, limits,"
        " created_date, last_modified_date) VALUES ('a.get', 'php', '{}', 1, 0, '{}', 'x', 'x')"));
    EXPECT_EQ(*migrate(*database_), 1);
    Changes changes;
    Tables tables(*database_, changes);
    const auto scripts = tables.event_scripts.all();
    ASSERT_TRUE(scripts);
    ASSERT_EQ(scripts->size(), 1U);
    EXPECT_EQ(scripts->front().isolation, "");
    EXPECT_FALSE(scripts->front().transaction);
}

TEST_F(Migrate, CommittedMeansOnDisk) {
    EXPECT_EQ(number("PRAGMA synchronous"), 2) << "FULL";
    EXPECT_EQ(text_of(database_->query("PRAGMA journal_mode", {})->at(0).at(0)), "wal");
    EXPECT_EQ(number("PRAGMA busy_timeout"), 5000);
    EXPECT_EQ(number("PRAGMA foreign_keys"), 1);
}

}  // namespace
}  // namespace sluice::store
