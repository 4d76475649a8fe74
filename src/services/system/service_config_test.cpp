#include "services/system/service_config.h"

#include <gtest/gtest.h>

namespace sluice::services::system {
namespace {

ServiceType type_of_every_kind() {
    ServiceType type;
    type.name = "kind";
    for (const char* kind : {"string", "integer", "boolean", "array", "object", "password"}) {
        type.config_schema.push_back({{"name", std::string("a_") + kind}, {"type", kind}});
    }
    return type;
}

std::string said(const std::string& config) {
    const Status status = check_members(type_of_every_kind(), json::parse(config).get_object());
    return status ? "" : status.error().message();
}

TEST(CheckMembers, TakesWhatTheTypeDescribes) {
    EXPECT_EQ(said(R"({"a_string":"x","a_integer":5,"a_boolean":true,"a_array":[1],
                       "a_object":{"a":1},"a_password":"p"})"),
              "");
    EXPECT_EQ(said(R"({"a_integer":"-5","a_boolean":"yes","a_object":[],"a_string":null})"), "");
    EXPECT_EQ(said(R"({"a_boolean":0})"), "");
    EXPECT_EQ(said("{}"), "");
}

TEST(CheckMembers, NamesWhatIsWrong) {
    EXPECT_EQ(said(R"({"a_strin":"x"})"),
              "Field 'config': 'a_strin' is no field of the type 'kind'.");
    EXPECT_EQ(said(R"({"a_string":5})"), "Field 'config': 'a_string' must be a text.");
    EXPECT_EQ(said(R"({"a_password":{}})"), "Field 'config': 'a_password' must be a text.");
    EXPECT_EQ(said(R"({"a_integer":"many"})"), "Field 'config': 'a_integer' must be an integer.");
    EXPECT_EQ(said(R"({"a_integer":1.5})"), "Field 'config': 'a_integer' must be an integer.");
    EXPECT_EQ(said(R"({"a_boolean":"maybe"})"),
              "Field 'config': 'a_boolean' must be true or false.");
    EXPECT_EQ(said(R"({"a_array":"x"})"), "Field 'config': 'a_array' must be a list.");
    EXPECT_EQ(said(R"({"a_object":[1]})"), "Field 'config': 'a_object' must be an object.");
}

TEST(CheckMembers, WhatIsToComeMayBeOff) {
    EXPECT_EQ(said(R"({"options":[],"cache_enabled":false,"cache_ttl":300,"storage_path":null})"),
              "");
    EXPECT_EQ(said(R"({"cache_enabled":true})"),
              "Field 'config': 'cache_enabled' is not supported yet.");
}

TEST(CheckMembers, SettingsOfPhpsDriversAreRefusedWithTheReason) {
    for (const char* name : {"options", "attributes"}) {
        const Status status =
            check_members(type_of_every_kind(), json::object{{name, {{"1009", "ca.pem"}}}});
        ASSERT_FALSE(status);
        EXPECT_EQ(status.error().status(), 501);
        EXPECT_NE(status.error().message().find("has fields of its own"), std::string::npos);
        EXPECT_TRUE(check_members(type_of_every_kind(), json::object{{name, json::object()}}));
    }
}

TEST(CheckMembers, ATypeWithoutFieldsTakesAll) {
    EXPECT_TRUE(check_members(ServiceType{}, json::object{{"anything", 1}}));
}

TEST(CheckKeptSecret, StaysWithItsHostPortAndUser) {
    const auto kept = [](json::object before, json::object after) {
        const Status status = check_kept_secret("password", before, after);
        return status ? std::string() : status.error().message();
    };
    EXPECT_EQ(kept({{"host", "a"}, {"port", 1}}, {{"host", "a"}, {"port", "1"}, {"schema", "s"}}),
              "");
    EXPECT_EQ(kept({{"host", "a"}}, {{"host", "b"}}),
              "Field 'config': 'host' changes, so 'password' must be given again.");
    EXPECT_NE(kept({}, {{"port", 5433}}), "");
    EXPECT_NE(kept({{"username", "a"}}, {{"username", "b"}}), "");
}

}  // namespace
}  // namespace sluice::services::system
