#include "app/instance_lock.h"

#include <filesystem>

#include <gtest/gtest.h>

#include "store/testing.h"

namespace sluice::app {
namespace {

TEST(InstanceLock, IsHeldByOneAtATime) {
    const store::testing::TempFolder folder;
    const std::string file = folder.file("system.sqlite");
    {
        const auto first = InstanceLock::take(file);
        ASSERT_TRUE(first);
        const auto second = InstanceLock::take(file);
        ASSERT_FALSE(second);
        EXPECT_NE(second.error().message().find("Another server is running on '" + file + "'"),
                  std::string::npos);
    }
    EXPECT_TRUE(InstanceLock::take(file));
}

TEST(InstanceLock, SaysWhyItCannotBeMade) {
    const auto lock = InstanceLock::take("/nowhere/at/all");
    ASSERT_FALSE(lock);
    EXPECT_EQ(lock.error().message(),
              "'/nowhere/at/all.lock' cannot be made: No such file or directory.");
}

}  // namespace
}  // namespace sluice::app
