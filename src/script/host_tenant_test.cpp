#include "script/host_tenant.h"

#include <gtest/gtest.h>

namespace sluice::script {
namespace {

Principal caller(std::int64_t user, std::int64_t app = 1, std::int64_t role = 1) {
    Principal made;
    made.app = AppIdentity{app, "a"};
    made.role = RoleIdentity{role, "r"};
    if (user != 0) {
        made.user = UserIdentity{};
        made.user->id = user;
    }
    return made;
}

Script script(std::string name, std::string hash) {
    Script made;
    made.name = std::move(name);
    made.hash = std::move(hash);
    return made;
}

TEST(Tenant, SameCallerIsSameUserAppAndRole) {
    EXPECT_TRUE(is_same_caller(caller(5), caller(5)));
    EXPECT_FALSE(is_same_caller(caller(5), caller(6)));
    EXPECT_FALSE(is_same_caller(caller(5), caller(0)));
    EXPECT_FALSE(is_same_caller(caller(5, 2), caller(5, 3)));
    EXPECT_FALSE(is_same_caller(caller(5, 2, 1), caller(5, 2, 2)));
    EXPECT_TRUE(is_same_caller(Principal(), Principal())) << "anonymous, both";
}

TEST(Tenant, AdministratorsWithAndWithoutRestrictionDiffer) {
    Principal all = caller(5);
    all.is_unrestricted = true;
    EXPECT_FALSE(is_same_caller(all, caller(5)));
}

TEST(Tenant, SameScriptIsSameTextUnderTheSameName) {
    EXPECT_TRUE(is_same_script(script("a", "1"), script("a", "1")));
    EXPECT_FALSE(is_same_script(script("a", "1"), script("b", "1")));
    EXPECT_FALSE(is_same_script(script("a", "1"), script("a", "2")));
}

TEST(Tenant, IsScriptAndCaller) {
    const auto a = std::make_shared<Script>(script("a", "1"));
    const auto b = std::make_shared<Script>(script("b", "1"));
    const auto one = std::make_shared<Principal>(caller(5));
    const auto other = std::make_shared<Principal>(caller(6));
    EXPECT_TRUE(is_same_tenant({a, one}, {a, one}));
    EXPECT_FALSE(is_same_tenant({a, one}, {b, one}));
    EXPECT_FALSE(is_same_tenant({a, one}, {a, other}));
}

}  // namespace
}  // namespace sluice::script
