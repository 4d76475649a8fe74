#include "access/authenticate.h"

#include <gtest/gtest.h>

#include "access/testing.h"
#include "core/json.h"

namespace sluice::access {
namespace {

using testing::await;

class Authenticate : public ::testing::Test, public testing::TestAccounts {
protected:
    Request request(Headers headers, std::string path = "/api/v2/db", Verb verb = Verb::Get) {
        Request made;
        made.verb = verb;
        made.path = std::move(path);
        made.headers = std::move(headers);
        return made;
    }
    Result<PrincipalRef> ask(const Request& made) {
        return await(authenticator_.authenticate(made));
    }
    Result<PrincipalRef> ask(Headers headers) { return ask(request(std::move(headers))); }
    int status(Headers headers) {
        const auto answer = ask(std::move(headers));
        return answer ? 200 : answer.error().status();
    }

    Authenticator authenticator_{accounts};
};

TEST_F(Authenticate, NothingPresentedIsAnonymous) {
    const auto principal = ask(Headers{}).value();
    EXPECT_FALSE(principal->user);
    EXPECT_FALSE(principal->app);
    EXPECT_FALSE(principal->is_unrestricted);
}

TEST_F(Authenticate, KeyGivesTheAppAndItsRole) {
    const auto role = add_role("reader");
    add_app("shop", role.id);
    const auto principal = ask({{"x-api-key", "key-of-shop"}}).value();
    EXPECT_EQ(principal->app->name, "shop");
    EXPECT_EQ(principal->role->name, "reader");
    EXPECT_FALSE(principal->user);
}

TEST_F(Authenticate, UnknownKeyIs401) {
    EXPECT_EQ(status({{"x-api-key", "nonsense"}}), 401);
}

TEST_F(Authenticate, KeyOfAnInactiveAppIs401) {
    store::AppRow app = add_app("shop");
    app.is_active = false;
    await(store->write([&](store::Tables& tables) { return tables.apps.update(app); })).value();
    EXPECT_EQ(status({{"x-api-key", "key-of-shop"}}), 401);
}

TEST_F(Authenticate, SecondCallIsTheSamePrincipalUntilSomethingChanges) {
    add_app("shop");
    const auto first = ask({{"x-api-key", "key-of-shop"}}).value();
    EXPECT_EQ(ask({{"x-api-key", "key-of-shop"}}).value(), first);
    add_role("another");
    EXPECT_NE(ask({{"x-api-key", "key-of-shop"}}).value(), first);
}

TEST_F(Authenticate, AdministratorIsUnrestrictedEvenWithAnUnknownKey) {
    const std::string token = open_session(add_user("a@x.org", "correct horse", true));
    const auto principal =
        ask({{"authorization", "Bearer " + token}, {"x-api-key", "nonsense"}}).value();
    EXPECT_TRUE(principal->is_unrestricted);
    EXPECT_EQ(principal->session_token, token);
    EXPECT_FALSE(principal->app);
}

TEST_F(Authenticate, AdministratorWithARoleIsBoundByIt) {
    const auto admin = add_user("a@x.org", "correct horse", true);
    const auto role = add_role("half");
    const auto app = add_app("shop");
    store.insert(&store::Tables::user_app_roles,
                 store::UserAppRoleRow{0, admin.id, app.id, role.id});
    const auto principal = ask({{"authorization", "Bearer " + open_session(admin)}}).value();
    EXPECT_FALSE(principal->is_unrestricted);
    EXPECT_EQ(principal->role->id, role.id);
}

TEST_F(Authenticate, RoleIsTheUsersInThisAppElseTheApps) {
    const auto user = add_user("u@x.org");
    const auto own = add_role("own");
    const auto fallback = add_role("default");
    const auto shop = add_app("shop", fallback.id);
    add_app("other", fallback.id);
    store.insert(&store::Tables::user_app_roles,
                 store::UserAppRoleRow{0, user.id, shop.id, own.id});
    const std::string bearer = "Bearer " + open_session(user);
    EXPECT_EQ(ask({{"authorization", bearer}, {"x-api-key", "key-of-shop"}}).value()->role->id,
              own.id);
    EXPECT_EQ(ask({{"authorization", bearer}, {"x-api-key", "key-of-other"}}).value()->role->id,
              fallback.id);
    EXPECT_FALSE(ask({{"authorization", bearer}}).value()->role) << "no key, no role";
}

TEST_F(Authenticate, LoggedOutTokenIs403FromThenOn) {
    const std::string token = open_session(add_user("u@x.org"));
    const Headers headers{{"x-dreamfactory-session-token", token}};
    EXPECT_EQ(status(headers), 200);
    ASSERT_TRUE(await(accounts.sessions.close(token)));
    EXPECT_EQ(status(headers), 403);
}

TEST_F(Authenticate, TamperedTokenIs401) {
    std::string token = open_session(add_user("u@x.org"));
    token[token.size() / 2] = token[token.size() / 2] == 'A' ? 'B' : 'A';
    EXPECT_EQ(status({{"authorization", "Bearer " + token}}), 401);
}

TEST_F(Authenticate, WellSignedTokenOfNoSessionIs401) {
    const auto user = add_user("u@x.org");
    Claims claims;
    claims.user_id = user.id;
    claims.sub = subject_of(user.email);
    claims.iat = seconds_now();
    claims.exp = claims.iat + 100;
    EXPECT_EQ(
        status({{"authorization", "Bearer " + sign_token(claims, store->instance().token_key)}}),
        401);
}

TEST_F(Authenticate, TokenDiesWithTheEmailAndWithTheUser) {
    auto user = add_user("u@x.org");
    const Headers headers{{"authorization", "Bearer " + open_session(user)}};
    EXPECT_EQ(status(headers), 200);
    user.is_active = false;
    await(store->write([&](store::Tables& tables) { return tables.users.update(user); })).value();
    EXPECT_EQ(status(headers), 401);
    user.is_active = true;
    user.email = "v@x.org";
    await(store->write([&](store::Tables& tables) { return tables.users.update(user); })).value();
    EXPECT_EQ(status(headers), 401);
}

TEST_F(Authenticate, BasicLogsInForOneRequest) {
    add_user("u@x.org", "correct horse");
    // u@x.org:correct horse, then u@x.org:wrong horse
    EXPECT_EQ(status({{"authorization", "Basic dUB4Lm9yZzpjb3JyZWN0IGhvcnNl"}}), 200);
    EXPECT_EQ(status({{"authorization", "Basic dUB4Lm9yZzp3cm9uZyBob3JzZQ=="}}), 401);
    EXPECT_EQ(status({{"authorization", "Basic !!"}}), 401);
}

TEST_F(Authenticate, LogInIgnoresAnOldToken) {
    const auto principal =
        ask(request({{"authorization", "Bearer old.old.old"}}, "/api/v2/user/session", Verb::Post));
    ASSERT_TRUE(principal);
    EXPECT_FALSE((*principal)->user);
}

TEST_F(Authenticate, PublicPathsDoNotMindAnUnusableToken) {
    const Headers headers{{"authorization", "Bearer old.old.old"}};
    EXPECT_TRUE(ask(request(headers, "/api/v2/system/environment")));
    EXPECT_FALSE(ask(request(headers, "/api/v2/system/service")));
}

TEST_F(Authenticate, ExpiredTokenMayOnlyBeExchanged) {
    Accounts brief(*store, SessionPolicy{std::chrono::minutes(-1)}, PasswordCost::least());
    const std::string token = await(brief.sessions.open(add_user("u@x.org"), false)).value().token;
    const Headers headers{{"authorization", "Bearer " + token}};
    EXPECT_EQ(status(headers), 401);
    EXPECT_TRUE(ask(request(headers, "/api/v2/user/session", Verb::Put)));
    EXPECT_EQ(status(headers), 401) << "the exchange is not remembered as a log-in";
}

TEST_F(Authenticate, NestedCallKeepsItsPrincipal) {
    Request nested = request({{"authorization", "Bearer old.old.old"}});
    nested.origin.principal = std::make_shared<const Principal>();
    EXPECT_EQ(ask(nested).value(), nested.origin.principal);
}

TEST_F(Authenticate, SessionIsWrittenForScripts) {
    const auto role = add_role("reader");
    add_app("shop", role.id);
    const auto principal = ask({{"x-api-key", "key-of-shop"}}).value();
    const auto session = parse_json(principal->session_json).value().get_object();
    EXPECT_EQ(session.at("api_key"), "key-of-shop");
    EXPECT_EQ(session.at("app").at("name"), "shop");
    EXPECT_EQ(session.at("role").at("name"), "reader");
    EXPECT_TRUE(session.at("user").get_object().empty());
    EXPECT_TRUE(session.at("lookup").is_object());
}

TEST_F(Authenticate, CacheIsBounded) {
    Authenticator small(accounts, 2);
    for (const char* name : {"a", "b", "c", "d"}) {
        add_app(name);
        EXPECT_TRUE(
            await(small.authenticate(request({{"x-api-key", std::string("key-of-") + name}}))));
    }
}

}  // namespace
}  // namespace sluice::access
