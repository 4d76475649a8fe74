#include "services/system/left_behind.h"

#include <gtest/gtest.h>

#include "services/system/testing.h"

namespace sluice::services::system {
namespace {

class LeftBehind : public ::testing::Test, public services::testing::TestServices {
protected:
    void SetUp() override {
        ASSERT_EQ(post("system/service", R"([{"name":"s","type":"sqlite","config":{}}])").status,
                  201);
        service_ = json::serialize(get("system/service?filter=name='s'").at("/resource/0/id"));
        const auto role =
            post("system/role", R"([{"name":"clerk","role_service_access_by_role_id":)"
                                R"([{"verb_mask":1,"service_id":)" +
                                    service_ + "}]}]");
        ASSERT_EQ(role.status, 201) << role.text();
        role_ = json::serialize(role.at("/resource/0/id"));
        const auto app = post("system/app", R"([{"name":"till","role_id":)" + role_ +
                                                R"(,"storage_service_id":)" + service_ + "}]");
        ASSERT_EQ(app.status, 201) << app.text();
        app_ = json::serialize(app.at("/resource/0/id"));
        const auto user =
            post("system/user", R"([{"email":"u@example.com","default_app_id":)" + app_ +
                                    R"(,"user_to_app_to_role_by_user_id":[{"app_id":)" + app_ +
                                    R"(,"role_id":)" + role_ + "}]}]");
        ASSERT_EQ(user.status, 201) << user.text();
        user_ = json::serialize(user.at("/resource/0/id"));
    }

    static std::string warning_of(const services::testing::Answer& answer) {
        return std::string(answer.at("/warning").as_string());
    }

    std::string service_;
    std::string role_;
    std::string app_;
    std::string user_;
};

TEST_F(LeftBehind, RoleThatIsUsedGoesWithAWarning) {
    const auto gone = remove("system/role/" + role_);
    EXPECT_EQ(gone.status, 200) << gone.text();
    EXPECT_EQ(warning_of(gone),
              "Apps that no longer have a role: 'till'. Users that no longer "
              "have this role, by id: " +
                  user_ + ".");
    EXPECT_TRUE(get("system/app/" + app_).at("/role_id").is_null());
    EXPECT_FALSE(store->snapshot()->apps_by_id.at(std::stoll(app_))->role_id);
    EXPECT_EQ(get("system/user/" + user_ + "?related=*").at("/user_to_app_to_role_by_user_id"),
              json::value(json::array()));
}

TEST_F(LeftBehind, BatchesWarnRecordByRecord) {
    post("system/role", R"([{"name":"idle"}])");
    const auto gone = remove("system/role?filter=id>0&fields=name");
    EXPECT_EQ(gone.status, 200) << gone.text();
    EXPECT_NE(gone.text().find(R"("name":"clerk","warning":"Apps)"), std::string::npos)
        << gone.text();
    EXPECT_NE(gone.text().find(R"({"name":"idle"})"), std::string::npos) << gone.text();
}

TEST_F(LeftBehind, AppThatIsUsedGoesWithAWarning) {
    const auto gone = remove("system/app/" + app_ + "?fields=*");
    EXPECT_EQ(gone.status, 200) << gone.text();
    EXPECT_EQ(warning_of(gone), "Users that no longer have a role in this app, by id: " + user_ +
                                    ". Users that no longer have a default app, by id: " + user_ +
                                    ".");
    EXPECT_TRUE(get("system/user/" + user_).at("/default_app_id").is_null());
}

TEST_F(LeftBehind, ServiceThatIsUsedGoesWithAWarning) {
    post("system/event_script", R"([{"name":"s.get.pre_process","type":"nodejs","content":"1"}])");
    const auto gone = remove("system/service/" + service_);
    EXPECT_EQ(gone.status, 200) << gone.text();
    EXPECT_EQ(warning_of(gone),
              "Roles that no longer grant anything on this service: 'clerk'. Apps that no longer "
              "have a storage: 'till'. Scripts on its events that no longer fire: "
              "'s.get.pre_process'.");
    EXPECT_TRUE(store->snapshot()->roles_by_id.at(std::stoll(role_))->row.accesses.empty());
}

TEST_F(LeftBehind, WhatNobodyUsesGoesWithoutAWord) {
    ASSERT_EQ(remove("system/user/" + user_).status, 200);
    const auto gone = remove("system/app/" + app_);
    EXPECT_EQ(gone.text(), R"({"id":)" + app_ + "}");
}

TEST_F(LeftBehind, ListsAreBounded) {
    for (int i = 10; i < 22; ++i) {
        post("system/app", R"([{"name":"a)" + std::to_string(i) + R"(","role_id":)" + role_ + "}]");
    }
    const auto gone = remove("system/role/" + role_);
    EXPECT_NE(gone.text().find("'a18', 'a19' and 3 more."), std::string::npos) << gone.text();
}

}  // namespace
}  // namespace sluice::services::system
