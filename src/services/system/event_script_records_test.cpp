#include <gtest/gtest.h>

#include "services/system/testing.h"

namespace sluice::services::system {
namespace {

const std::string kName = "db._table.todo.get.post_process";

class EventScript : public ::testing::Test, public services::testing::TestServices {
protected:
    services::testing::Answer save(const std::string& record, const std::string& name = kName) {
        return post("system/event_script/" + name, record);
    }
};

TEST_F(EventScript, PostToANameCreatesThenChanges) {
    const auto made = save(R"({"type":"nodejs","content":"a","is_active":true})");
    EXPECT_EQ(made.status, 201) << made.text();
    EXPECT_EQ(made.text(), R"({"name":")" + kName + "\"}");
    const auto changed = save(R"({"type":"v8js","content":"b"})");
    EXPECT_EQ(changed.status, 200);
    const auto shown = get("system/event_script/" + kName);
    EXPECT_EQ(shown.at("/content"), "b");
    EXPECT_EQ(shown.at("/type"), "v8js");
    EXPECT_EQ(shown.at("/is_active"), true) << "what is not sent stays";
}

TEST_F(EventScript, IsAttachedAtOnce) {
    save(R"({"type":"nodejs","content":"a","is_active":true,"allow_event_modification":true,)"
         R"("limits":{"wall_ms":50,"memory_mb":16}})");
    const auto snapshot = store->snapshot();
    const auto* attached = snapshot->find_attachments("db._table.todo.get");
    ASSERT_NE(attached, nullptr);
    ASSERT_NE(attached->post_process, nullptr);
    EXPECT_TRUE(attached->post_process->allows_modification);
    EXPECT_EQ(attached->post_process->limits.wall.count(), 50);
    EXPECT_EQ(attached->post_process->limits.memory_bytes, 16 << 20);
    EXPECT_EQ(remove("system/event_script/" + kName).text(), R"({"name":")" + kName + "\"}");
    EXPECT_EQ(store->snapshot()->find_attachments("db._table.todo.get"), nullptr);
}

TEST_F(EventScript, IsolationIsStrictOrNothing) {
    EXPECT_EQ(
        save(R"({"type":"nodejs","content":"a","is_active":true,"isolation":"strict"})").status,
        201);
    EXPECT_TRUE(store->snapshot()->find_attachments("db._table.todo.get")->post_process->is_strict);
    EXPECT_EQ(get("system/event_script/" + kName).at("/isolation"), "strict");
    EXPECT_EQ(save(R"({"isolation":"loose"})").status, 400);
    EXPECT_EQ(save(R"({"isolation":null})").status, 200);
    EXPECT_FALSE(
        store->snapshot()->find_attachments("db._table.todo.get")->post_process->is_strict);
}

TEST_F(EventScript, MayAskForATransaction) {
    EXPECT_EQ(save(R"({"type":"nodejs","content":"a","is_active":true})").status, 201);
    EXPECT_EQ(get("system/event_script/" + kName).at("/transaction"), false);
    EXPECT_EQ(store->snapshot()->find_attachments("db._table.todo.get")->transactional(), nullptr);
    EXPECT_EQ(save(R"({"transaction":true})").status, 200);
    EXPECT_EQ(get("system/event_script/" + kName).at("/transaction"), true);
    EXPECT_NE(store->snapshot()->find_attachments("db._table.todo.get")->transactional(), nullptr);
    EXPECT_EQ(save(R"({"transaction":"often"})").status, 400);
}

TEST_F(EventScript, ATransactionNeedsADatabase) {
    post("system/service", R"({"resource":[{"name":"math","type":"nodejs","config":{}},)"
                           R"({"name":"db","type":"sqlite","config":{"database":"x"}}]})");
    const auto answer = save(R"({"type":"nodejs","transaction":true})", "math.get.pre_process");
    EXPECT_EQ(answer.status, 400);
    EXPECT_EQ(answer.message(),
              "Field 'transaction': service 'math' is no database and has no transactions.");
    for (const char* name : {"db._proc.give.post", "db._func.{function_name}.get.post_process",
                             "db._schema.post.pre_process", "db._schema.todo.delete"}) {
        EXPECT_EQ(save(R"({"type":"nodejs","transaction":true})", name).status, 400) << name;
    }
    for (const char* name : {"db._table.todo.post", "db._schema.todo.get.pre_process", "db.get"}) {
        EXPECT_EQ(save(R"({"type":"nodejs","transaction":true})", name).status, 201) << name;
    }
}

TEST_F(EventScript, IsInactiveUnlessItSaysOtherwise) {
    save(R"({"type":"nodejs","content":"a"})");
    EXPECT_EQ(get("system/event_script/" + kName).at("/is_active"), false);
    EXPECT_EQ(store->snapshot()->find_attachments("db._table.todo.get"), nullptr);
}

TEST_F(EventScript, FaultyTextIsSavedWithAWarning) {
    const auto saved = save(R"({"type":"nodejs","content":"{"})");
    EXPECT_EQ(saved.status, 201);
    EXPECT_EQ(saved.at("/warning"), "nodejs: unexpected '{' in line 1");
    EXPECT_EQ(get("system/event_script/" + kName).at("/content"), "{");
    const auto batch =
        post("system/event_script", R"([{"name":"db.get","type":"nodejs","content":"{"}])");
    EXPECT_EQ(batch.status, 201);
    EXPECT_TRUE(batch.at("/resource/0").get_object().contains("warning"));
}

TEST_F(EventScript, ChangedTextIsCheckedWithTheEngineItHasAlready) {
    save(R"({"type":"v8js","content":"a"})");
    const auto changed = patch("system/event_script/" + kName, R"({"content":"{"})");
    EXPECT_EQ(changed.status, 200);
    EXPECT_EQ(changed.at("/warning"), "v8js: unexpected '{' in line 1");
    const auto other = patch("system/event_script/" + kName, R"({"is_active":true})");
    EXPECT_FALSE(other.body.get_object().contains("warning")) << "the text was not sent";
    const auto mended =
        patch("system/event_script", R"({"resource":[{"name":")" + kName + R"(","content":"b"}]})");
    EXPECT_EQ(mended.text(), R"({"resource":[{"name":")" + kName + "\"}]}");
}

TEST_F(EventScript, ListsReadsAndDeletesByNames) {
    post("system/event_script", R"({"resource":[{"name":"db.get","type":"nodejs"},)"
                                R"({"name":"db.post","type":"nodejs"}]})");
    EXPECT_EQ(get("system/event_script?as_list=true").text(),
              R"({"resource":["db.get","db.post"]})");
    EXPECT_EQ(get("system/event_script?filter=name%20like%20'%25post'&fields=name").text(),
              R"({"resource":[{"name":"db.post"}]})");
    EXPECT_EQ(remove("system/event_script?ids=db.get,db.post").status, 200);
    EXPECT_EQ(get("system/event_script").text(), R"({"resource":[]})");
    EXPECT_EQ(get("system/event_script/db.get").status, 404);
    EXPECT_EQ(patch("system/event_script/db.get", R"({"content":"x"})").status, 404);
}

TEST_F(EventScript, NamesMayHoldPaths) {
    EXPECT_EQ(save(R"({"type":"nodejs"})", "files.a/b.txt.get").status, 201);
    EXPECT_EQ(get("system/event_script/files.a/b.txt.get").at("/name"), "files.a/b.txt.get");
    EXPECT_EQ(get("system/service/5/more").status, 404);
}

TEST_F(EventScript, LongTextsAreKeptWhole) {
    const std::string content(300'000, 'x');
    save(R"({"type":"nodejs","content":")" + content + "\"}");
    EXPECT_EQ(get("system/event_script/" + kName).at("/content").get_string().size(), 300'000U);
}

TEST_F(EventScript, BadRecordsNameTheField) {
    for (const auto& [record, field] : std::vector<std::pair<const char*, const char*>>{
             {R"({"content":"a"})", "'type'"},
             {R"({"type":"cobol"})", "'type'"},
             {R"({"type":"nodejs","limits":{"speed":1}})", "'limits'"},
             {R"({"type":"nodejs","limits":{"wall_ms":-1}})", "'wall_ms'"},
             {R"({"type":"nodejs","limits":{"memory_mb":0}})", "'memory_mb'"},
             {R"({"type":"nodejs","limits":{"api_calls":-1}})", "'api_calls'"},
             {R"({"type":"nodejs","limits":7})", "'limits'"},
             {R"({"type":"nodejs","config":"x"})", "'config'"}}) {
        const auto answer = save(record);
        EXPECT_EQ(answer.status, 400) << record;
        EXPECT_NE(answer.message().find(field), std::string::npos) << answer.text();
    }
    EXPECT_EQ(save(R"({"type":"nodejs"})", std::string(300, 'x')).status, 400);
    EXPECT_EQ(get("system/event_script").text(), R"({"resource":[]})");
}

TEST_F(EventScript, WhatCannotBeDoneYetIsRefusedNotIgnored) {
    for (const char* record :
         {R"({"type":"nodejs","priority":1})", R"({"type":"nodejs","when":"a = 1"})",
          R"({"type":"nodejs","storage_service_id":3})", R"({"type":"nodejs","storage_path":"a"})",
          R"({"type":"nodejs","scm_repository":"a"})", R"({"type":"nodejs","scm_reference":"a"})",
          R"({"type":"nodejs","config":{"a":1}})"}) {
        EXPECT_EQ(save(record).status, 501) << record;
    }
    EXPECT_EQ(save(R"({"type":"nodejs"})", "db._table.todo.get.queued").status, 501);
    EXPECT_EQ(get("system/event_script").text(), R"({"resource":[]})");
}

TEST_F(EventScript, DisabledEngineIs503) {
    const auto answer = save(R"({"type":"php","content":"a"})");
    EXPECT_EQ(answer.status, 503);
    EXPECT_EQ(answer.message(), "Scripting with php is disabled for this instance.");
}

}  // namespace
}  // namespace sluice::services::system
