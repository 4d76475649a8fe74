#include "access/passwords.h"

#include <algorithm>

#include <gtest/gtest.h>

#include "store/testing.h"

namespace sluice::access {
namespace {

using store::testing::await;

TEST(Passwords, OnlyTheRightOneFits) {
    Passwords passwords(PasswordCost::least());
    const std::string hash = await(passwords.hash("correct horse")).value();
    EXPECT_TRUE(hash.starts_with("$argon2id$"));
    EXPECT_TRUE(await(passwords.verify(hash, "correct horse")).value());
    EXPECT_FALSE(await(passwords.verify(hash, "correct horsf")).value());
    EXPECT_FALSE(await(passwords.verify(hash, "")).value());
}

TEST(Passwords, TwoHashesOfOnePasswordDiffer) {
    Passwords passwords(PasswordCost::least());
    EXPECT_NE(await(passwords.hash("x")).value(), await(passwords.hash("x")).value());
}

TEST(Passwords, NobodyHasNoPassword) {
    Passwords passwords(PasswordCost::least());
    EXPECT_FALSE(await(passwords.verify("", "nobody")).value());
    EXPECT_FALSE(await(passwords.verify("", "")).value());
    EXPECT_FALSE(await(passwords.verify("rubbish", "rubbish")).value());
}

TEST(Passwords, LengthIsBounded) {
    EXPECT_FALSE(check_new_password("short"));
    EXPECT_TRUE(check_new_password("long enough"));
    EXPECT_FALSE(check_new_password(std::string(2000, 'x')));
    EXPECT_NE(check_new_password("", "new_password").error().message().find("new_password"),
              std::string::npos);
    Passwords passwords(PasswordCost::least());
    EXPECT_FALSE(await(passwords.verify("", std::string(1 << 20, 'x'))).value());
}

TEST(Passwords, OneNetworkTakesFewPlaces) {
    Passwords passwords(PasswordCost::least());
    std::vector<Task<Result<bool>>> tasks;
    for (int i = 0; i < 90; ++i) {
        tasks.push_back(passwords.verify("", "guess", "192.0.2.1"));
    }
    tasks.push_back(passwords.verify("", "guess", "192.0.2.2"));
    const auto results = store::testing::await_all(std::move(tasks));
    EXPECT_EQ(std::ranges::count_if(results, [](const auto& one) { return one.has_value(); }),
              Passwords::kMaxWaitingPerNetwork + 1);
    EXPECT_TRUE(results.back()) << "others are not held up";
    EXPECT_EQ(results.at(50).error().kind(), ErrorKind::TooManyRequests);
    EXPECT_TRUE(await(passwords.verify("", "guess", "192.0.2.1"))) << "places are given back";
}

}  // namespace
}  // namespace sluice::access
