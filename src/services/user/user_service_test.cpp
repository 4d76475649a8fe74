#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "access/authenticate.h"
#include "services/system/testing.h"

namespace sluice::services::user {
namespace {

class UserService : public ::testing::Test, public services::testing::TestServices {
protected:
    UserService() {
        admin_ = add_user("admin@x.org", "correct horse", true);
        user_row_ = add_user("u@x.org");
        principal = std::make_shared<const Principal>();
    }

    services::testing::Answer log_in(const std::string& path, const std::string& email) {
        return post(path, R"({"email":")" + email + R"(","password":"correct horse"})");
    }
    static PrincipalRef nobody_but_admin() {
        auto made = std::make_shared<Principal>();
        made->is_unrestricted = true;
        return made;
    }
    /// Calls as whoever the token belongs to.
    void become(const std::string& token) {
        access::Authenticator authenticator(accounts);
        Request request;
        request.headers.set("authorization", "Bearer " + token);
        principal = access::testing::await(authenticator.authenticate(request)).value();
    }
    void become(const store::UserRow& row) { become(open_session(row)); }
    std::string token_of(const services::testing::Answer& answer) {
        return std::string(answer.at("/session_token").get_string());
    }

    store::UserRow admin_;
    store::UserRow user_row_;
};

TEST_F(UserService, LogInAnswersTheSession) {
    const auto session = log_in("user/session", "u@x.org");
    EXPECT_EQ(session.status, 200) << session.text();
    EXPECT_EQ(session.at("/session_token"), session.at("/session_id"));
    EXPECT_EQ(session.at("/id"), user_row_.id);
    EXPECT_EQ(session.at("/email"), "u@x.org");
    EXPECT_EQ(session.at("/is_sys_admin"), false);
    EXPECT_EQ(session.at("/last_login_date").get_string().size(), 19U);
    EXPECT_EQ(session.at("/token_expiry_date").get_string().size(), 19U);
    EXPECT_TRUE(session.body.get_object().contains("role_id"));
    become(token_of(session));
    EXPECT_EQ(principal->user->id, user_row_.id);
}

TEST_F(UserService, AdministratorLogsInWithoutARole) {
    const auto session = log_in("system/admin/session", "admin@x.org");
    EXPECT_EQ(session.status, 200);
    EXPECT_EQ(session.at("/is_sys_admin"), true);
    EXPECT_FALSE(session.body.get_object().contains("role_id"));
    EXPECT_EQ(log_in("system/admin/session", "u@x.org").status, 401);
}

TEST_F(UserService, LogInSaysWhatIsMissing) {
    EXPECT_EQ(post("user/session", R"({"password":"x"})").message(),
              "Login request is missing required email.");
    EXPECT_EQ(post("user/session", R"({"email":"u@x.org"})").message(),
              "Login request is missing required password.");
    EXPECT_EQ(post("user/session", "").status, 400);
    EXPECT_EQ(post("user/session", "{").status, 400);
    const auto wrong = post("user/session", R"({"email":"u@x.org","password":"wrong"})");
    EXPECT_EQ(wrong.status, 401);
    EXPECT_EQ(wrong.message(), "Invalid credentials supplied.");
}

TEST_F(UserService, NobodyHasNoSession) {
    EXPECT_EQ(get("user/session").status, 401);
    EXPECT_EQ(get("system/admin/session").status, 404);
    EXPECT_EQ(ask(Verb::Put, "user/session").status, 401);
    EXPECT_EQ(remove("user/session").text(), R"({"success":true})");
    EXPECT_EQ(patch("user/session", "{}").status, 400);
}

TEST_F(UserService, SessionIsShownRenewedAndEnded) {
    become(user_row_);
    const std::string old = principal->session_token;
    EXPECT_EQ(token_of(get("user/session")), old);
    const std::string fresh = token_of(ask(Verb::Put, "user/session"));
    EXPECT_NE(fresh, old);
    EXPECT_EQ(access::testing::await(accounts.sessions.check(old)).error().status(), 403);
    become(fresh);
    EXPECT_EQ(remove("user/session").status, 200);
    EXPECT_EQ(access::testing::await(accounts.sessions.check(fresh)).error().status(), 403);
}

TEST_F(UserService, ProfileIsOnesOwn) {
    EXPECT_EQ(get("user/profile").status, 401);
    become(user_row_);
    EXPECT_EQ(get("user/profile").at("/email"), "u@x.org");
    const auto refused = patch("user/profile", R"({"first_name":"Eve","is_sys_admin":true})");
    EXPECT_EQ(refused.status, 400);
    EXPECT_THAT(refused.text(), ::testing::HasSubstr("'is_sys_admin'"));
    EXPECT_EQ(patch("user/profile", R"({"first_name":"Uma"})").text(), R"({"success":true})");
    EXPECT_EQ(get("user/profile").at("/first_name"), "Uma");
    become(user_row_);
    EXPECT_FALSE(principal->user->is_sys_admin);
}

TEST_F(UserService, NewEmailNeedsThePasswordAndGivesANewToken) {
    become(user_row_);
    EXPECT_EQ(patch("user/profile", R"({"email":"v@x.org"})").status, 400);
    EXPECT_EQ(patch("user/profile", R"({"email":"v@x.org","current_password":"wrong"})").status,
              400);
    EXPECT_EQ(patch("user/profile", R"({"email":"admin@x.org","current_password":"correct horse"})")
                  .status,
              409);
    const std::string old = principal->session_token;
    const auto changed =
        patch("user/profile", R"({"email":"v@x.org","current_password":"correct horse"})");
    EXPECT_EQ(changed.status, 200) << changed.text();
    EXPECT_FALSE(access::testing::await(accounts.sessions.check(old)));
    become(token_of(changed));
    EXPECT_EQ(principal->user->email, "v@x.org");
}

TEST_F(UserService, PasswordIsChangedWithTheOldOne) {
    EXPECT_EQ(post("user/password", R"({"old_password":"a","new_password":"b"})").message(),
              "Not enough information provided to change password.");
    become(user_row_);
    const auto elsewhere = access::testing::await(accounts.sessions.open(user_row_, false));
    ASSERT_TRUE(elsewhere);
    EXPECT_EQ(post("user/password", R"({"new_password":"another one"})").message(),
              "Both old and new password are required to change the password.");
    EXPECT_EQ(
        post("user/password", R"({"old_password":"wrong","new_password":"another one"})").message(),
        "The password supplied does not match.");
    EXPECT_EQ(
        post("user/password", R"({"old_password":"correct horse","new_password":"x"})").status,
        400);
    const auto changed = post("user/password?login=true",
                              R"({"old_password":"correct horse","new_password":"another one"})");
    EXPECT_EQ(changed.status, 200) << changed.text();
    EXPECT_FALSE(access::testing::await(accounts.sessions.check(elsewhere->token)));
    EXPECT_TRUE(access::testing::await(accounts.sessions.check(principal->session_token)));
    EXPECT_FALSE(token_of(changed).empty());
    EXPECT_EQ(log_in("user/session", "u@x.org").status, 401);
    EXPECT_EQ(post("user/session", R"({"email":"u@x.org","password":"another one"})").status, 200);
}

TEST_F(UserService, ForgottenPasswordsAreNotPretendedToBeReset) {
    EXPECT_EQ(post("user/password?reset=true", R"({"email":"u@x.org"})").status, 501);
}

TEST_F(UserService, StrangersRegisterOnlyWhereTheyMay) {
    const char* stranger = R"({"email":"new@x.org","password":"sixteen or more chars"})";
    const auto closed = post("user/register", stranger);
    EXPECT_EQ(closed.status, 403);
    EXPECT_EQ(closed.message(), "Open Registration is not enabled.");

    const auto role = add_role("newcomer");
    principal = nobody_but_admin();
    ASSERT_EQ(patch("system/service/7", R"({"config":{"allow_open_registration":true,)"
                                        R"("open_reg_role_id":)" +
                                            std::to_string(role.id) + "}}")
                  .status,
              200);
    principal = std::make_shared<const Principal>();
    const auto open = post("user/register?login=true", stranger);
    EXPECT_EQ(open.status, 200) << open.text();
    become(token_of(open));
    EXPECT_EQ(principal->user->email, "new@x.org");
    EXPECT_FALSE(principal->user->is_sys_admin);
    const auto again = post("user/register", stranger);
    EXPECT_EQ(again.status, 400);
    EXPECT_TRUE(again.at("/error/context").get_object().contains("email"));
    const auto bad = post("user/register", R"({"password":"short"})");
    EXPECT_EQ(bad.message(), "Validation failed");
    EXPECT_EQ(bad.at("/error/context").get_object().size(), 2U);
    const auto named =
        post("user/register",
             R"({"email":"c@x.org","username":"ab","password":"sixteen or more chars"})");
    EXPECT_EQ(named.status, 400);
    EXPECT_EQ(named.at("/error/context").get_object().size(), 1U);
    EXPECT_TRUE(named.at("/error/context").get_object().contains("username"));
    const std::string taken = R"("username":"newcomer","password":"sixteen or more chars"})";
    EXPECT_EQ(post("user/register", R"({"email":"d@x.org",)" + taken).status, 200);
    const auto twice = post("user/register", R"({"email":"e@x.org",)" + taken);
    EXPECT_EQ(twice.status, 400);
    EXPECT_TRUE(twice.at("/error/context").get_object().contains("username"));
    const auto longer =
        post("user/register", R"({"email":"f@x.org","first_name":")" + std::string(65, 'x') +
                                  R"(","password":"sixteen or more chars"})");
    EXPECT_EQ(longer.status, 400);
    EXPECT_NE(longer.text().find("first_name"), std::string::npos);
    EXPECT_EQ(post("user/register",
                   R"({"email":"b@x.org","password":"sixteen or more chars","is_sys_admin":true})")
                  .status,
              200);
    const auto rows = access::testing::await(store->read(
        [](store::Tables& tables) { return tables.users.where("is_sys_admin", true); }));
    EXPECT_EQ(rows->size(), 1U);
}

TEST_F(UserService, ListsItsResources) {
    EXPECT_EQ(get("user?as_list=1").text(),
              R"({"resource":["password","profile","register","session"]})");
}

}  // namespace
}  // namespace sluice::services::user
