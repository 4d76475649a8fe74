#include "services/system/members.h"

#include <array>

#include <gtest/gtest.h>

#include "services/system/testing.h"

namespace sluice::services::system {
namespace {

constexpr std::array kOthers{
    OtherMember{"launch_url"},
    OtherMember{"priority", OtherMember::Use::NotYet},
    OtherMember{"on_error", OtherMember::Use::NotYet, "closed"},
};

Status judged(const char* record) {
    const RecordKind kind{"thing", "Things", "", "id", {"id", "name"}, {"part_by_thing_id"}};
    return refuse_unknown(parse_json(record, "record").value().get_object(), kind, kOthers);
}

TEST(Members, OfTheKindAreTaken) {
    EXPECT_TRUE(judged(R"({"id":1,"name":"a","part_by_thing_id":[{}]})"));
    EXPECT_TRUE(judged("{}"));
}

TEST(Members, NobodyKnowsAreRefusedByName) {
    const Status status = judged(R"({"name":"a","nmae":null})");
    ASSERT_FALSE(status);
    EXPECT_EQ(status.error().status(), 400);
    EXPECT_EQ(status.error().message(), "Field 'nmae' is no field of 'thing'.");
    EXPECT_FALSE(judged(R"({"Name":"a"})")) << "case counts in the names of fields";
    EXPECT_FALSE(judged(R"({"":1})"));
}

TEST(Members, ThatAreOnlyShownMaySayAnything) {
    EXPECT_TRUE(judged(R"({"launch_url":"http://a/","warning":"w"})"));
    EXPECT_TRUE(judged(R"({"user_by_created_by_id":{"id":1}})"));
}

TEST(Members, NotDoneYetMayAskForNothing) {
    for (const char* value : {"null", "false", "0", "\"\"", "\"0\"", "[]", "{}", R"({"a":null})"}) {
        EXPECT_TRUE(judged((std::string(R"({"priority":)") + value + "}").c_str())) << value;
    }
    EXPECT_TRUE(judged(R"({"on_error":"closed"})"));
}

TEST(Members, NotDoneYetAreRefusedByNameWhenTheyAskForSomething) {
    for (const char* value : {"1", "true", "\"open\"", "[0]", R"({"a":"x"})"}) {
        const Status status = judged((std::string(R"({"priority":)") + value + "}").c_str());
        ASSERT_FALSE(status) << value;
        EXPECT_EQ(status.error().status(), 501);
        EXPECT_EQ(status.error().message(), "Field 'priority' is not supported by this version.");
    }
    EXPECT_FALSE(judged(R"({"on_error":"open"})"));
}

class EveryResource : public ::testing::Test, public services::testing::TestServices {
protected:
    static constexpr std::array<std::pair<const char*, const char*>, 6> kRecords{{
        {"app", R"([{"name":"a"}])"},
        {"role", R"([{"name":"r","role_service_access_by_role_id":[{"verb_mask":1}]}])"},
        {"user", R"([{"email":"u@example.com","password":"a long enough password"}])"},
        {"admin", R"([{"email":"v@example.com","password":"a long enough password"}])"},
        {"service", R"([{"name":"s","type":"sqlite","config":{"password":"p"}}])"},
        {"event_script", R"([{"name":"db.get.pre_process","type":"nodejs","content":"1"}])"},
    }};

    static std::string path(const std::string& resource, const json::value& made) {
        const json::value& record = made.at_pointer("/resource/0");
        const json::value* id = record.as_object().if_contains("id");
        return "system/" + resource + "/" +
               (id != nullptr ? json::serialize(*id) : std::string(record.at("name").as_string()));
    }
};

TEST_F(EveryResource, TakesItsRecordBackAsItWasRead) {
    for (const auto& [resource, record] : kRecords) {
        const services::testing::Answer made = post(std::string("system/") + resource, record);
        ASSERT_EQ(made.status, 201) << made.text();
        const std::string one = path(resource, made.body);
        const services::testing::Answer read = get(one + "?related=*");
        ASSERT_EQ(read.status, 200) << read.text();
        const services::testing::Answer saved = patch(one, read.text());
        EXPECT_EQ(saved.status, 200) << resource << ": " << saved.text();
        json::value again = get(one + "?related=*").body;
        again.as_object()["last_modified_date"] = read.at("/last_modified_date");
        EXPECT_EQ(again, read.body) << resource;
    }
}

TEST_F(EveryResource, RefusesAMisspeltMember) {
    for (const auto& [resource, record] : kRecords) {
        json::value wrong = parse_json(record, "record").value();
        wrong.as_array().front().as_object()["is_actve"] = true;
        const services::testing::Answer refused =
            post(std::string("system/") + resource, json::serialize(wrong));
        EXPECT_EQ(refused.status, 400) << resource;
        EXPECT_NE(refused.text().find("Field 'is_actve' is no field of '"), std::string::npos)
            << refused.text();
        const services::testing::Answer made = post(std::string("system/") + resource, record);
        ASSERT_EQ(made.status, 201) << made.text();
        const services::testing::Answer unchanged =
            patch(path(resource, made.body), R"({"is_active":false,"is_actve":true})");
        EXPECT_EQ(unchanged.status, 400) << resource;
    }
}

}  // namespace
}  // namespace sluice::services::system
