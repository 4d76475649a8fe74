#include "services/system/system_service.h"

#include <gtest/gtest.h>

#include "services/system/event.h"
#include "services/system/testing.h"

namespace sluice::services::system {
namespace {

class SystemService : public ::testing::Test, public services::testing::TestServices {};

TEST_F(SystemService, ListsItsResources) {
    const auto all = get("system");
    EXPECT_EQ(all.at("/resource/0").get_object(), json::object({{"name", "admin"}}));
    EXPECT_EQ(get("system?as_list=true").text(),
              R"({"resource":["admin","app","environment","event","event_script","role",)"
              R"("script_type","service","service_type","user"]})");
    EXPECT_TRUE(get("system?fields=*").at("/resource/0").get_object().contains("label"));
    EXPECT_EQ(get("system?as_access_list=1").at("/resource/2"), "admin/");
}

TEST_F(SystemService, UnknownResourceIs404) {
    EXPECT_EQ(get("system/nonsense").message(),
              "Resource 'nonsense' not found for service 'system'.");
    EXPECT_EQ(post("system", "{}").status, 400);
}

TEST_F(SystemService, DescribesEveryPathItServes) {
    std::vector<std::string> paths;
    for (const Route& route : system_service()->describe().routes) {
        paths.push_back(route.path);
        const bool refuses_all = route.path == "admin/session/{id...}";
        EXPECT_EQ(route.verbs.bits() == 0U, refuses_all) << route.path;
    }
    for (const char* path : {"", "service", "service/{id}", "admin/session", "event",
                             "event_script/{name...}", "service_type/{name}", "environment"}) {
        EXPECT_NE(std::ranges::find(paths, path), paths.end()) << path;
    }
}

TEST_F(SystemService, TypesAreListedAndFound) {
    EXPECT_EQ(get("system/script_type?fields=name,sandboxed").at("/resource/1/sandboxed"), true);
    EXPECT_EQ(get("system/script_type/v8js").at("/supports_inline_execution"), true);
    EXPECT_EQ(get("system/script_type/v8js").at("/available"), true);
    EXPECT_TRUE(get("system/script_type/v8js").at("/unavailable_because").is_null());
    EXPECT_EQ(get("system/service_type?group=Script&as_list=1").text(),
              R"({"resource":["nodejs"]})");
    EXPECT_EQ(get("system/service_type/sqlite").at("/config_schema/0/name"), "dsn");
    EXPECT_EQ(get("system/service_type/cobol").status, 404);
    EXPECT_EQ(post("system/service_type", "[{}]").status, 400);
}

TEST_F(SystemService, EventsAreMadeFromRoutes) {
    const auto map = get("system/event?service=db");
    EXPECT_EQ(map.body.get_object().size(), 1U);
    const json::object& paths = map.at("/db").get_object();
    const json::value& table = paths.at("db._table.{table_name}");
    EXPECT_EQ(json::serialize(table.at("endpoints")),
              R"(["db._table.{table_name}.get","db._table.{table_name}.post"])");
    EXPECT_EQ(json::serialize(table.at("parameter")), R"({"table_name":["todo","contact"]})");
    EXPECT_EQ(paths.at("db").at("type"), "api");
    EXPECT_TRUE(paths.at("db").at("parameter").is_null());
}

TEST_F(SystemService, EventsCanBeAskedForInShort) {
    EXPECT_EQ(get("system/event?services_only=true").text(), R"({"resource":["db","files"]})");
    EXPECT_EQ(get("system/event?as_list=true&service=files").text(),
              R"({"resource":["files.{folder_path}.get"]})");
    EXPECT_EQ(get("system/event?as_list=true&service=files&scriptable=1").text(),
              R"({"resource":["files.{folder_path}.get","files.{folder_path}.get.pre_process",)"
              R"("files.{folder_path}.get.post_process"]})");
}

TEST_F(SystemService, EnvironmentTellsStrangersOnlyHowToLogIn) {
    principal = std::make_shared<const Principal>();
    const auto seen = get("system/environment");
    EXPECT_EQ(seen.status, 200);
    EXPECT_EQ(seen.at("/authentication/admin/path"), "system/admin/session");
    EXPECT_EQ(seen.at("/authentication/allow_open_registration"), false);
    EXPECT_FALSE(seen.body.get_object().contains("server"));
    EXPECT_FALSE(seen.body.get_object().contains("platform"));
}

TEST_F(SystemService, EnvironmentTellsAdministratorsMore) {
    const auto seen = get("system/environment");
    EXPECT_EQ(seen.at("/platform/version"), "1.2.3");
    EXPECT_EQ(seen.at("/config/resources_wrapper"), "resource");
    EXPECT_TRUE(seen.body.get_object().contains("server"));
    EXPECT_TRUE(seen.body.get_object().contains("php"));
}

TEST(EventPath, DotsStandForSlashes) {
    EXPECT_EQ(event_path("db", ""), "db");
    EXPECT_EQ(event_path("db", "_table/{table_name}/{id}"), "db._table.{table_name}.{id}");
    EXPECT_EQ(event_path("files", "{file_path...}"), "files.{file_path}");
}

}  // namespace
}  // namespace sluice::services::system
