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

TEST_F(AccountsTest, OfManyExchangesOneSucceeds) {
    const std::string old = open_session(add_user("u@x.org"));
    std::vector<Task<Result<Session>>> tasks;
    for (int i = 0; i < 12; ++i) {
        tasks.push_back(accounts.sessions.refresh(old));
    }
    int good = 0;
    for (const Result<Session>& session : testing::await_all(std::move(tasks))) {
        good += session ? 1 : 0;
        EXPECT_TRUE(session || session.error().kind() == ErrorKind::Forbidden);
    }
    EXPECT_EQ(good, 1);
}

TEST_F(AccountsTest, FloodOfNamesFromOneNetworkIsStopped) {
    add_user("u@x.org");
    const auto attempt_from = [](const std::string& address, const std::string& name) {
        return LoginAttempt{name, false, "correct horse", address};
    };
    for (int i = 0; i < Throttle::kMaxFailuresPerNetwork; ++i) {
        const auto refused = await(accounts.verify_login(
            attempt_from("2001:db8::" + std::to_string(i), std::to_string(i) + "@x.org")));
        EXPECT_EQ(refused.error().kind(), ErrorKind::Unauthorized);
    }
    EXPECT_EQ(await(accounts.verify_login(attempt_from("2001:db8::99", "u@x.org"))).error().kind(),
              ErrorKind::TooManyRequests);
    EXPECT_TRUE(await(accounts.verify_login(attempt_from("2001:db9::1", "u@x.org"))));
}

TEST_F(AccountsTest, OwnPasswordIsThrottledLikeALogIn) {
    add_user("u@x.org");
    const auto kind_of = [this](const char* password) {
        const auto fits = await(accounts.verify_own_password("u@x.org", password, "192.0.2.1"));
        return fits ? ErrorKind::Internal : fits.error().kind();
    };
    EXPECT_EQ(kind_of("correct horse"), ErrorKind::Internal) << "it fits";
    for (int i = 0; i < 10; ++i) {
        EXPECT_EQ(kind_of("wrong"), ErrorKind::BadRequest);
    }
    EXPECT_EQ(kind_of("correct horse"), ErrorKind::TooManyRequests);
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
