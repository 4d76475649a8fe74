/// Services that keep answers, on every database.

#include "services/sql/cached_read.h"

#include "core/unit_of_work.h"
#include "services/sql/table_suite.h"

namespace sluice::services::sql {
namespace {

using ::testing::HasSubstr;

constexpr auto kCaches = R"("cache_enabled":true)";
constexpr auto kPast = "UPDATE todo SET name = 'past us' WHERE id = 1";

Task<void> keep_answer(Service& service, const Call& call, std::string& body) {
    const auto response = co_await service.handle(call);
    body = response ? response->content : response.error().message();
}

Task<void> commit(UnitOfWork& unit) {
    const Status done = co_await unit.part()->commit(Deadline::after(std::chrono::seconds(10)));
    EXPECT_TRUE(done);
}

class CachedReads : public TableSuite {
protected:
    void SetUp() override {
        TableSuite::SetUp();
        if (!IsSkipped()) {
            open(kCaches);
        }
    }
    static Parameters first(Parameters more = {}) {
        more.set("filter", "id = 1");
        more.set("fields", "name");
        return more;
    }
    std::string read(Parameters more = {}) {
        return get("_table/todo", first(std::move(more))).body;
    }
};

constexpr auto kOne = R"({"resource":[{"name":"one"}]})";
constexpr auto kChanged = R"({"resource":[{"name":"past us"}]})";

INSTANTIATE_TEST_SUITE_P(OnEvery,
                         CachedReads,
                         ::testing::Values("sqlite", "postgres", "mysql"),
                         [](const auto& each) { return each.param; });

TEST_P(CachedReads, AnAnswerIsKeptUntilItIsWantedAnew) {
    EXPECT_EQ(read(), kOne);
    kit_->execute(kPast);
    EXPECT_EQ(read(), kOne);
    EXPECT_EQ(read({{"refresh", "true"}}), kChanged);
    EXPECT_EQ(read(), kChanged);
}

TEST_P(CachedReads, OffByDefault) {
    open("");
    EXPECT_EQ(read(), kOne);
    kit_->execute(kPast);
    EXPECT_EQ(read(), kChanged);
}

TEST_P(CachedReads, EverySortOfReadIsKept) {
    const std::vector<std::pair<std::string, Parameters>> reads{
        {"_table/todo", {{"order", "id"}}},
        {"_table/todo", {{"include_count", "true"}, {"limit", "1"}}},
        {"_table/todo", {{"count_only", "true"}, {"filter", "name = 'one'"}}},
        {"_table/todo", {{"ids", "1,2"}}},
        {"_table/todo", {{"ids", "1,2"}, {"fields", "name"}}},
        {"_table/todo/1", {}},
        {"_table/todo/1", {{"fields", "name"}}},
        {"_table/todo", {{"group", "name"}, {"fields", "name,COUNT(*)"}, {"order", "name"}}},
    };
    std::vector<Answer> before;
    for (const auto& [path, parameters] : reads) {
        before.push_back(get(path, parameters));
        EXPECT_EQ(before.back().status, 200) << before.back().body;
    }
    kit_->execute(kPast);
    for (std::size_t i = 0; i < reads.size(); ++i) {
        EXPECT_EQ(get(reads[i].first, reads[i].second), before[i]) << i;
        Parameters anew = reads[i].second;
        anew.set("refresh", "1");
        EXPECT_NE(get(reads[i].first, anew), before[i]) << i;
    }
}

TEST_P(CachedReads, EveryChangeMakesStale) {
    const auto is_stale_after = [this](Verb verb, std::string path, std::string body,
                                       Parameters parameters = {}) {
        kit_->execute("UPDATE todo SET name = 'one' WHERE id = 1");
        read({{"refresh", "true"}});
        kit_->execute(kPast);
        EXPECT_EQ(read(), kOne);
        EXPECT_EQ(send(verb, std::move(path), std::move(body), std::move(parameters)).status, 200);
        return read() == kChanged;
    };
    EXPECT_TRUE(is_stale_after(Verb::Post, "_table/todo", R"([{"name":"new"}])"));
    EXPECT_TRUE(is_stale_after(Verb::Patch, "_table/todo/2", R"({"done":true})"));
    EXPECT_TRUE(is_stale_after(Verb::Put, "_table/todo", R"([{"id":2,"done":true}])"));
    EXPECT_TRUE(is_stale_after(Verb::Delete, "_table/todo/2", ""));
    EXPECT_TRUE(is_stale_after(Verb::Post, "_table/pair", R"([{"a":9,"b":9}])"))
        << "views and cascades may show it";
    EXPECT_TRUE(
        is_stale_after(Verb::Post, "_schema",
                       R"({"resource":[{"name":"fresh","field":[{"name":"id","type":"id"}]}]})"));
}

TEST_P(CachedReads, AChangeIsSeenOnEveryShardAtOnce) {
    auto other = kit_->make_again(kit_->loop());
    ASSERT_TRUE(other);
    const Call call = call_of({.resource = "_table/todo", .parameters = first()});
    std::string body;
    kit_->run(keep_answer(**other, call, body));
    EXPECT_EQ(body, kOne);
    kit_->execute(kPast);
    kit_->run(keep_answer(**other, call, body));
    EXPECT_EQ(body, kOne);
    EXPECT_EQ(send(Verb::Post, "_table/pair", R"([{"a":9,"b":9}])").status, 200);
    kit_->run(keep_answer(**other, call, body));
    EXPECT_EQ(body, kChanged);
}

TEST_P(CachedReads, WhatOneRoleSeesIsNotShownToAnother) {
    const auto ask = [this](Grant grant, std::string resource = "_table/todo") {
        return kit_->ask({.resource = std::move(resource),
                          .parameters = {{"fields", "id"}, {"order", "id"}},
                          .grant = std::move(grant)});
    };
    const auto only = [](std::vector<RowFilter> filters, bool is_or = false) {
        return Grant{VerbSet::all(), std::move(filters), is_or};
    };
    const std::string all = R"({"resource":[{"id":1},{"id":2},{"id":3}]})";
    for (int round = 0; round < 2; ++round) {
        EXPECT_EQ(ask(only({})).body, all);
        EXPECT_EQ(ask(only({{"id", "=", "2"}})).body, R"({"resource":[{"id":2}]})");
        EXPECT_EQ(ask(only({{"id", "=", "3"}})).body, R"({"resource":[{"id":3}]})");
        EXPECT_EQ(ask(only({{"id", ">", "2"}})).body, R"({"resource":[{"id":3}]})");
        EXPECT_EQ(ask(only({{"id", "=", "2"}, {"id", "=", "3"}})).body, R"({"resource":[]})");
        EXPECT_EQ(ask(only({{"id", "=", "2"}, {"id", "=", "3"}}, true)).body,
                  R"({"resource":[{"id":2},{"id":3}]})");
        EXPECT_EQ(ask(only({{"id", "=", "2", true}})).body, R"({"resource":[]})");
        EXPECT_EQ(ask(only({}), "_table/todo/1").body, R"({"id":1})");
        EXPECT_EQ(ask(only({{"id", "=", "2"}}), "_table/todo/1").status, 404);
    }
    EXPECT_EQ(kit_->ask({.resource = "_table/todo",
                         .parameters = {{"count_only", "1"}},
                         .grant = only({{"id", ">", "1"}})})
                  .body,
              "2");
    EXPECT_EQ(get("_table/todo", {{"count_only", "1"}}).body, "3");
}

TEST_P(CachedReads, APageIsNotAnother) {
    open(std::string(kCaches) + R"(,"max_records":2)");
    const auto page = [this](Parameters asked) {
        asked.set("fields", "id");
        return get("_table/todo", std::move(asked)).body;
    };
    for (int round = 0; round < 2; ++round) {
        EXPECT_THAT(page({}), HasSubstr(R"("meta":{"count":3,"next":2})"));
        EXPECT_EQ(page({{"limit", "2"}}), R"({"resource":[{"id":1},{"id":2}]})");
        EXPECT_EQ(page({{"limit", "1"}}), R"({"resource":[{"id":1}]})");
        EXPECT_THAT(page({{"limit", "1"}, {"include_count", "1"}}), HasSubstr(R"("count":3)"));
        EXPECT_EQ(page({{"limit", "1"}, {"offset", "1"}}), R"({"resource":[{"id":2}]})");
        EXPECT_THAT(page({{"limit", "1"}, {"include_schema", "1"}}), HasSubstr("\"schema\""));
    }
}

TEST_P(CachedReads, ATransactionSeesItsOwnChanges) {
    EXPECT_EQ(read(), kOne);
    const auto unit = std::make_shared<UnitOfWork>(call_of({}).target.service, Deadline());
    Call change = call_of(
        {.verb = Verb::Patch, .resource = "_table/todo/1", .content = R"({"name":"inside"})"});
    change.request.origin.unit = unit;
    Call look = call_of({.resource = "_table/todo", .parameters = first()});
    std::string body;
    kit_->run(keep_answer(kit_->service(), change, body));
    EXPECT_EQ(read(), kOne) << "others do not see it yet";
    look.request.origin.unit = unit;
    kit_->run(keep_answer(kit_->service(), look, body));
    EXPECT_EQ(body, R"({"resource":[{"name":"inside"}]})");
    EXPECT_EQ(read(), kOne);
    kit_->run(commit(*unit));
    EXPECT_EQ(read(), R"({"resource":[{"name":"inside"}]})");
}

TEST_P(CachedReads, FailuresAreNotKept) {
    EXPECT_EQ(get("_table/todo/77").status, 404);
    EXPECT_EQ(get("_table/todo", {{"ids", "1,77"}}).status, 400);
    kit_->execute("INSERT INTO todo (id, name) VALUES (77, 'late')");
    EXPECT_EQ(get("_table/todo/77").status, 200);
    EXPECT_EQ(get("_table/todo", {{"ids", "1,77"}}).status, 200);
}

}  // namespace
}  // namespace sluice::services::sql
