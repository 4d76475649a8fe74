#include "core/api_path.h"

#include <gtest/gtest.h>

namespace sluice {
namespace {

TEST(AfterApi, LeavesOutTheVersion) {
    EXPECT_EQ(after_api("/api/v2/db/_table"), "db/_table");
    EXPECT_EQ(after_api("/api/v2.0//db"), "db");
    EXPECT_EQ(after_api("/api/db/v2"), "db/v2");
    EXPECT_EQ(after_api("/api/vault/x"), "vault/x");
    EXPECT_EQ(after_api("/api//v2"), "");
    EXPECT_EQ(after_api("/api"), "");
}

TEST(AfterApi, IsNothingOutsideOfTheApi) {
    EXPECT_EQ(after_api("/apiary/db"), std::nullopt);
    EXPECT_EQ(after_api("/status"), std::nullopt);
    EXPECT_EQ(after_api(""), std::nullopt);
}

}  // namespace
}  // namespace sluice
