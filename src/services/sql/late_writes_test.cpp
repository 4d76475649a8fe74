// Batches of which one write is not done by the deadline.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "services/sql/service_kit.h"

namespace sluice::services::sql {
namespace {

using ::testing::HasSubstr;

constexpr auto kSlowInserts = R"(
CREATE TABLE entry (id INTEGER PRIMARY KEY, n INTEGER NOT NULL);
CREATE FUNCTION doze() RETURNS trigger LANGUAGE plpgsql AS
    'BEGIN IF NEW.n = 2 THEN PERFORM pg_sleep(5); END IF; RETURN NEW; END';
CREATE TRIGGER dozing BEFORE INSERT ON entry FOR EACH ROW EXECUTE FUNCTION doze();
)";

TEST(LateWrites, WhatStandsBeforeOneThatWasTooLateStaysAndIsTold) {
    if (!ServiceKit::has("postgres")) {
        GTEST_SKIP() << ServiceKit::lacks("postgres");
    }
    ServiceKit kit("postgres", kSlowInserts);
    ASSERT_EQ(kit.get("_table/entry").status, 200);
    // The last one cannot be planned, so that each is run by itself.
    const Answer answer =
        kit.ask({.verb = Verb::Post,
                 .resource = "_table/entry",
                 .content = R"({"resource":[{"id":1,"n":1},{"id":2,"n":2},{"id":3,"n":null}]})",
                 .deadline = Deadline::after(std::chrono::milliseconds(700))});
    EXPECT_EQ(answer.status, 400);
    EXPECT_THAT(answer.body, HasSubstr(R"("resource":[{"id":1},{"code":504)"));
    EXPECT_EQ(kit.get("_table/entry").body, R"({"resource":[{"id":1,"n":1}]})");
}

}  // namespace
}  // namespace sluice::services::sql
