#include <gtest/gtest.h>

#include "services/system/testing.h"

namespace sluice::services::system {
namespace {

class UserResource : public ::testing::Test, public services::testing::TestServices {
protected:
    services::testing::Answer create(const std::string& record) {
        return post("system/user?fields=*", "[" + record + "]");
    }
    bool logs_in(const std::string& email, const std::string& password) {
        access::LoginAttempt attempt;
        attempt.name = email;
        attempt.password = password;
        return access::testing::await(accounts.verify_login(attempt)).has_value();
    }
};

TEST_F(UserResource, PasswordIsSetAndNeverShown) {
    const auto made = create(
        R"({"email":"Ada@x.org","first_name":"Ada","last_name":"L","password":"correct horse"})");
    EXPECT_EQ(made.status, 201) << made.text();
    EXPECT_EQ(made.at("/resource/0/email"), "ada@x.org");
    EXPECT_EQ(made.at("/resource/0/name"), "Ada L");
    EXPECT_EQ(made.text().find("password"), std::string::npos) << made.text();
    EXPECT_EQ(made.text().find("argon"), std::string::npos);
    EXPECT_TRUE(logs_in("ada@x.org", "correct horse"));
}

TEST_F(UserResource, PasswordIsChangedByPatch) {
    const auto user = add_user("u@x.org");
    EXPECT_EQ(
        patch("system/user/" + std::to_string(user.id), R"({"password":"another one"})").text(),
        R"({"id":)" + std::to_string(user.id) + "}");
    EXPECT_TRUE(logs_in("u@x.org", "another one"));
    EXPECT_FALSE(logs_in("u@x.org", "correct horse"));
}

TEST_F(UserResource, BadRecordsAreRefused) {
    add_user("taken@x.org");
    for (const char* record :
         {R"({})", R"({"email":"nonsense"})", R"({"email":"a@x.org","password":"short"})",
          R"({"email":"a@x.org","password":7})", R"({"email":"taken@x.org"})",
          R"({"email":"TAKEN@x.org"})", R"({"email":"a@x.org","username":"a b c d e"})",
          R"({"email":"a@x.org","default_app_id":99})"}) {
        const auto answer = create(record);
        EXPECT_EQ(answer.status, 400) << record;
        EXPECT_EQ(answer.text().find("short\""), std::string::npos) << "secrets stay out";
    }
}

TEST_F(UserResource, UsersAndAdministratorsAreTwoResources) {
    const auto admin = add_user("admin@x.org", "correct horse", true);
    const auto user = add_user("u@x.org");
    EXPECT_EQ(get("system/user?as_list=1").text(),
              "{\"resource\":[" + std::to_string(user.id) + "]}");
    EXPECT_EQ(get("system/admin?as_list=1").text(),
              "{\"resource\":[" + std::to_string(admin.id) + "]}");
    EXPECT_EQ(get("system/user/" + std::to_string(admin.id)).status, 404);
    EXPECT_EQ(remove("system/user/" + std::to_string(admin.id)).status, 404);
}

TEST_F(UserResource, NobodyMakesThemselvesAnAdministrator) {
    const auto user = add_user("u@x.org");
    const std::string path = "system/user/" + std::to_string(user.id);
    const auto refused = patch(path, R"({"is_sys_admin":true})");
    EXPECT_EQ(refused.status, 400);
    EXPECT_NE(refused.message().find("'is_sys_admin'"), std::string::npos);
    EXPECT_EQ(patch(path, R"({"is_sys_admin":false,"phone":"1"})").status, 200)
        << "clients send back what they got";
    EXPECT_EQ(get(path).at("/is_sys_admin"), false);
    EXPECT_EQ(create(R"({"email":"b@x.org","is_sys_admin":true})").status, 400);
    EXPECT_EQ(post("system/admin?fields=is_sys_admin", R"([{"email":"c@x.org"}])")
                  .at("/resource/0/is_sys_admin"),
              true);
}

TEST_F(UserResource, LastAdministratorStays) {
    const auto admin = add_user("admin@x.org", "correct horse", true);
    const std::string path = "system/admin/" + std::to_string(admin.id);
    EXPECT_EQ(remove(path).status, 403);
    EXPECT_EQ(patch(path, R"({"is_active":false})").status, 403);
    add_user("second@x.org", "correct horse", true);
    EXPECT_EQ(remove(path).status, 200);
}

TEST_F(UserResource, DeletedUserIsLoggedOut) {
    const auto user = add_user("u@x.org");
    const std::string token = open_session(user);
    EXPECT_EQ(remove("system/user/" + std::to_string(user.id)).status, 200);
    EXPECT_FALSE(access::testing::await(accounts.sessions.check(token)));
}

class AppResource : public ::testing::Test, public services::testing::TestServices {};

TEST_F(AppResource, NewAppGetsAKeyOfItsOwn) {
    const auto made = post("system/app?fields=api_key,launch_url",
                           R"([{"name":"shop","type":2,"url":"https://shop.example"}])");
    EXPECT_EQ(made.status, 201);
    EXPECT_EQ(made.at("/resource/0/api_key").get_string().size(), 64U);
    EXPECT_EQ(made.at("/resource/0/launch_url"), "https://shop.example");
}

TEST_F(AppResource, KeyIsMadeAnewOnRequest) {
    const auto before = get("system/app/2").at("/api_key");
    EXPECT_EQ(ask(Verb::Patch, "system/app/2?regenerate=true", "{}").status, 200);
    const auto after = get("system/app/2").at("/api_key");
    EXPECT_NE(before, after);
    EXPECT_TRUE(store->snapshot()->apps_by_key.contains(std::string(after.get_string())));
    EXPECT_FALSE(store->snapshot()->apps_by_key.contains(std::string(before.get_string())));
}

TEST_F(AppResource, OwnKeysMustBeHardToGuess) {
    const std::string good(64, 'k');
    EXPECT_EQ(post("system/app", R"([{"name":"a","api_key":")" + good + "\"}]").status, 201);
    EXPECT_EQ(post("system/app", R"([{"name":"b","api_key":"easy"}])").status, 400);
    const auto twice = post("system/app", R"([{"name":"c","api_key":")" + good + "\"}]");
    EXPECT_EQ(twice.status, 400);
    EXPECT_EQ(twice.text().find(good), std::string::npos) << "another app's key is not repeated";
}

TEST_F(AppResource, RoleMustExistAndComesAlong) {
    EXPECT_EQ(post("system/app", R"([{"name":"a","role_id":99}])").status, 400);
    add_role("reader");
    EXPECT_EQ(post("system/app", R"([{"name":"a","role_id":1}])").status, 201);
    EXPECT_EQ(get("system/app/4?related=role_by_role_id").at("/role_by_role_id/name"), "reader");
    EXPECT_EQ(patch("system/app/4", R"({"role_id":null})").status, 200);
    EXPECT_TRUE(get("system/app/4").at("/role_id").is_null());
    EXPECT_EQ(patch("system/app/4", R"({"type":9})").status, 400);
}

}  // namespace
}  // namespace sluice::services::system
