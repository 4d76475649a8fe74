#include "access/passwords.h"

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

}  // namespace
}  // namespace sluice::access
