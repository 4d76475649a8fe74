#include "access/accounts.h"

#include <gtest/gtest.h>

#include "access/testing.h"

namespace sluice::access {
namespace {

using testing::await;

class AccountsTest : public ::testing::Test, public testing::TestAccounts {
protected:
    Result<Identity> log_in(std::string name, std::string password) {
        LoginAttempt attempt;
        attempt.name = std::move(name);
        attempt.password = std::move(password);
        attempt.client_address = "127.0.0.1";
        return await(accounts.verify_login(attempt));
    }
};

TEST_F(AccountsTest, LogInNeedsTheRightPassword) {
    const auto user = add_user("u@x.org");
    EXPECT_EQ(log_in("u@x.org", "correct horse")->user.id, user.id);
    EXPECT_EQ(log_in(" U@X.org ", "correct horse")->user.id, user.id);
    EXPECT_EQ(log_in("u@x.org", "wrong").error().kind(), ErrorKind::Unauthorized);
}

TEST_F(AccountsTest, UnknownAndWrongLookTheSame) {
    add_user("u@x.org");
    EXPECT_EQ(log_in("nobody@x.org", "x").error().message(),
              log_in("u@x.org", "x").error().message());
}

TEST_F(AccountsTest, GuessingIsSlowedDown) {
    add_user("u@x.org");
    for (int i = 0; i < 10; ++i) {
        EXPECT_EQ(log_in("u@x.org", "wrong").error().kind(), ErrorKind::Unauthorized);
    }
    EXPECT_EQ(log_in("u@x.org", "correct horse").error().kind(), ErrorKind::TooManyRequests);
}

TEST_F(AccountsTest, RefreshExchangesTheToken) {
    const auto user = add_user("u@x.org");
    const std::string old = open_session(user);
    const auto fresh = await(accounts.sessions.refresh(old));
    ASSERT_TRUE(fresh);
    EXPECT_NE(fresh->token, old);
    EXPECT_TRUE(await(accounts.sessions.check(fresh->token)));
    EXPECT_EQ(await(accounts.sessions.check(old)).error().kind(), ErrorKind::Forbidden);
    EXPECT_EQ(await(accounts.sessions.refresh(old)).error().kind(), ErrorKind::Forbidden);
}

TEST_F(AccountsTest, SessionsSurviveARestart) {
    const std::string token = open_session(add_user("u@x.org"));
    store.reopen();
    Accounts again(*store, {}, PasswordCost::least());
    EXPECT_TRUE(await(again.sessions.check(token)));
}

TEST_F(AccountsTest, LogInIsNotedWithTheUser) {
    const auto user = add_user("u@x.org");
    const auto before = store->identity_revision();
    open_session(user);
    const auto row =
        await(store->read([&](store::Tables& tables) { return tables.users.find(user.id); }));
    EXPECT_EQ((*row)->last_login_date.size(), 19U);
    EXPECT_EQ(store->identity_revision(), before) << "cached principals stay good";
}

TEST_F(AccountsTest, RememberMeNeedsThePolicy) {
    const auto user = add_user("u@x.org");
    const auto day = seconds_now() + 86400 + 5;
    EXPECT_LT(await(accounts.sessions.open(user, true))->expires_at, day);
    SessionPolicy policy;
    policy.allows_forever = true;
    Accounts lenient(*store, policy, PasswordCost::least());
    EXPECT_GT(await(lenient.sessions.open(user, true))->expires_at, day);
}

TEST_F(AccountsTest, FirstAdminIsMadeOnce) {
    const auto made = await(create_first_admin(accounts, "Root@x.org", std::nullopt));
    ASSERT_TRUE(made);
    ASSERT_TRUE(*made);
    EXPECT_EQ((*made)->email, "root@x.org");
    EXPECT_TRUE(log_in("root@x.org", (*made)->password)->user.is_sys_admin);
    const auto again = await(create_first_admin(accounts, "other@x.org", "long enough"));
    ASSERT_TRUE(again);
    EXPECT_FALSE(*again);
}

TEST_F(AccountsTest, FirstAdminNeedsAnAddressAndAPassword) {
    EXPECT_FALSE(await(create_first_admin(accounts, "nonsense", std::nullopt)));
    EXPECT_FALSE(await(create_first_admin(accounts, "a@x.org", "short")));
}

TEST(CheckedEmail, RefusesWhatIsNone) {
    EXPECT_EQ(checked_email(" Ada@Example.com ").value(), "ada@example.com");
    for (const char* text : {"", "@", "a@", "@b", "a@b@c", "a b@c", "a@b\nc", "a@b,c@d"}) {
        EXPECT_FALSE(checked_email(text)) << text;
    }
}

}  // namespace
}  // namespace sluice::access
