/// Rows that are read beside the change: whose they are, and what becomes of a change whose rows
/// are not found.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "services/sql/service_kit.h"

namespace sluice::services::sql {
namespace {

using ::testing::HasSubstr;

constexpr auto kDdl = R"(
CREATE TABLE moments (dev INT, ts DATETIME, owner VARCHAR(20), PRIMARY KEY (dev, ts));
CREATE TABLE spans (span TIME(1) PRIMARY KEY, owner VARCHAR(20));
CREATE TABLE amounts (id DECIMAL(6,2) PRIMARY KEY, name VARCHAR(20), owner VARCHAR(20));
CREATE TABLE reals (id FLOAT PRIMARY KEY, owner VARCHAR(20));
CREATE TABLE sets (id SET('a', 'b') PRIMARY KEY, owner VARCHAR(20));
INSERT INTO amounts VALUES (1.5, 'n', 'me');
)";

class Reread : public ::testing::TestWithParam<std::string> {
protected:
    void SetUp() override {
        if (!ServiceKit::has(GetParam())) {
            GTEST_SKIP() << ServiceKit::lacks(GetParam());
        }
        kit_ = std::make_unique<ServiceKit>(GetParam(), kDdl);
    }
    Answer send(Verb verb, std::string table, std::string content, Parameters parameters = {}) {
        return kit_->send(verb, "_table/" + std::move(table), std::move(content),
                          std::move(parameters));
    }
    /// As a role that may only touch rows of its own.
    Answer send_as_me(Verb verb,
                      std::string table,
                      std::string content,
                      Parameters parameters = {}) {
        return kit_->ask({.verb = verb,
                          .resource = "_table/" + std::move(table),
                          .parameters = std::move(parameters),
                          .content = std::move(content),
                          .grant = {VerbSet::all(), {RowFilter{"owner", "=", "me"}}, false}});
    }
    std::string rows(const std::string& table, const std::string& fields) {
        return kit_->get("_table/" + table, {{"fields", fields}}).body;
    }

    std::unique_ptr<ServiceKit> kit_;
};

INSTANTIATE_TEST_SUITE_P(Backends,
                         Reread,
                         ::testing::Values("mysql", "mysql_plain"),
                         [](const auto& info) { return info.param; });

constexpr auto kOutside = "outside of what your role may write";

TEST_P(Reread, KeepsARoleToItsRowsWhateverTheServerMakesOfTheirKeys) {
    const std::vector<std::pair<std::string, std::string>> records{
        {"moments", R"("dev":1,"ts":"2026-01-02T10:00:00.700Z")"},
        {"spans", R"("span":"10:00:00.77")"},
        {"amounts", R"("id":"1.239")"},
        {"reals", R"("id":0.1)"},
        {"sets", R"("id":"b,a")"},
    };
    for (const auto& [table, key] : records) {
        const Answer made =
            send_as_me(Verb::Post, table, R"({"resource":[{)" + key + R"(,"owner":"victim"}]})");
        EXPECT_EQ(made.status, 400) << table << ": " << made.body;  // of a batch
        EXPECT_THAT(made.body, HasSubstr(kOutside)) << table;
        EXPECT_EQ(rows(table, "owner").find("victim"), std::string::npos) << table;
    }
}

TEST_P(Reread, KeepsARoleToItsRowsWhenTheirKeyChanges) {
    const Answer changed = send_as_me(Verb::Patch, "amounts", R"({"id":"2.239","owner":"someone"})",
                                      {{"filter", "name='n'"}, {"id_field", "name"}});
    EXPECT_EQ(changed.status, 403) << changed.body;
    EXPECT_THAT(changed.body, HasSubstr(kOutside));
    EXPECT_EQ(rows("amounts", "id,owner"), R"({"resource":[{"id":"1.50","owner":"me"}]})");
}

TEST_P(Reread, FindsTheRowUnderTheKeyThatTheServerKeeps) {
    const Answer moment =
        send(Verb::Post, "moments",
             R"({"resource":[{"dev":1,"ts":"2026-01-02T10:00:00.700Z","owner":"me"}]})",
             {{"fields", "dev,owner"}});
    EXPECT_EQ(moment, (Answer{200, R"({"resource":[{"dev":1,"owner":"me"}]})"}));
    const Answer span =
        send_as_me(Verb::Post, "spans", R"({"resource":[{"span":"10:00:00.77","owner":"me"}]})",
                   {{"fields", "owner"}});
    EXPECT_EQ(span, (Answer{200, R"({"resource":[{"owner":"me"}]})"}));
    const Answer amount =
        send_as_me(Verb::Post, "amounts", R"({"resource":[{"id":"7.239","owner":"me"}]})",
                   {{"fields", "id,owner"}});
    EXPECT_EQ(amount, (Answer{200, R"({"resource":[{"id":"7.24","owner":"me"}]})"}));
    const Answer changed = send(Verb::Patch, "amounts", R"({"id":"2.239"})",
                                {{"filter", "name='n'"}, {"id_field", "name"}, {"fields", "id"}});
    EXPECT_EQ(changed, (Answer{200, R"({"resource":[{"id":"2.24"}]})"}));
}

/// Where the server does not hand the row back.
class PlainReread : public Reread {};

INSTANTIATE_TEST_SUITE_P(Backends,
                         PlainReread,
                         ::testing::Values("mysql_plain"),
                         [](const auto& info) { return info.param; });

TEST_P(PlainReread, ShowsNoRowsOfOthers) {
    kit_->execute(
        "CREATE TABLE np (name VARCHAR(20), v INT);"
        "CREATE TABLE filled (id CHAR(36) DEFAULT (UUID()) PRIMARY KEY, name VARCHAR(20), "
        "code INT UNIQUE);"
        "INSERT INTO np VALUES ('x', 1), ('x', 3); INSERT INTO filled (name) VALUES ('x')");
    const Parameters by_name{{"id_field", "name"}, {"fields", "*"}};
    for (const std::string table : {"np", "filled"}) {
        const Answer made =
            send(Verb::Post, table, R"({"resource":[{"name":"x","v":2}]})", by_name);
        EXPECT_THAT(made.body, HasSubstr("no unique key given does")) << table;
    }
    const Answer changed = send(Verb::Patch, "np", R"({"v":4})",
                                {{"filter", "v=3"}, {"id_field", "name"}, {"fields", "*"}});
    EXPECT_EQ(changed.status, 409) << changed.body;
    EXPECT_EQ(rows("np", "*"), R"({"resource":[{"name":"x","v":1},{"name":"x","v":3}]})");
    EXPECT_EQ(send(Verb::Post, "filled", R"({"resource":[{"name":"x","code":7}]})",
                   {{"id_field", "code"}, {"fields", "name,code"}}),
              (Answer{200, R"({"resource":[{"name":"x","code":7}]})"}));
}

TEST_P(PlainReread, UndoesWhatItCannotFindAgain) {
    kit_->execute(
        "CREATE TABLE turned (id INT PRIMARY KEY, owner VARCHAR(20));"
        "CREATE TRIGGER turns BEFORE INSERT ON turned FOR EACH ROW SET NEW.id = NEW.id + 100");
    const Answer made = send(Verb::Post, "turned", R"({"resource":[{"id":1,"owner":"me"}]})");
    EXPECT_THAT(made.body, HasSubstr("\"status_code\":409"));
    EXPECT_THAT(made.body, HasSubstr("under another key"));
    EXPECT_EQ(rows("turned", "id"), R"({"resource":[]})");
    const Answer all =
        send(Verb::Post, "turned", R"({"resource":[{"id":1},{"id":2}]})", {{"continue", "true"}});
    EXPECT_GE(all.status, 400) << all.body;
    EXPECT_EQ(rows("turned", "id"), R"({"resource":[]})");
}

}  // namespace
}  // namespace sluice::services::sql
