#include "script/idle_watch.h"

#include <gtest/gtest.h>

namespace sluice::script {
namespace {

using std::chrono::milliseconds;

const IdleWatch::Time kStart{std::chrono::hours(1)};

TEST(IdleWatch, LooksNowAndThen) {
    IdleWatch watch;
    EXPECT_FALSE(watch.is_due(kStart, kStart));
    EXPECT_FALSE(watch.is_due(kStart, kStart + milliseconds(249)));
    EXPECT_TRUE(watch.is_due(kStart, kStart + milliseconds(251)));
    EXPECT_FALSE(watch.is_due(kStart, kStart + milliseconds(400)));
    EXPECT_TRUE(watch.is_due(kStart, kStart + milliseconds(501)));
}

TEST(IdleWatch, WhatWasUsedBeforeDoesNotCount) {
    IdleWatch watch;
    EXPECT_TRUE(watch.is_due(kStart, kStart + milliseconds(300)));
    EXPECT_FALSE(watch.is_working(std::chrono::seconds(50)));
    EXPECT_FALSE(watch.is_working(std::chrono::seconds(50) + milliseconds(100)));
    EXPECT_TRUE(watch.is_working(std::chrono::seconds(50) + milliseconds(101)));
}

TEST(IdleWatch, StartsAnewAfterEachRun) {
    IdleWatch watch;
    watch.is_due(kStart, kStart + milliseconds(300));
    EXPECT_FALSE(watch.is_working(milliseconds(10)));
    const IdleWatch::Time later = kStart + std::chrono::seconds(2);
    EXPECT_FALSE(watch.is_due(later, later + milliseconds(100)));
    EXPECT_TRUE(watch.is_due(later, later + milliseconds(300)));
    EXPECT_FALSE(watch.is_working(milliseconds(900))) << "that was the run in between";
}

}  // namespace
}  // namespace sluice::script
