#include "access/throttle.h"

#include <gtest/gtest.h>

namespace sluice::access {
namespace {

using std::chrono::minutes;
using std::chrono::seconds;

const Throttle::Clock::time_point kStart{};

TEST(Throttle, RefusesAfterTooManyFailures) {
    Throttle throttle(3, minutes(15));
    for (int i = 0; i < 3; ++i) {
        EXPECT_TRUE(throttle.check("ada", kStart));
        throttle.note_failure("ada", kStart);
    }
    const Status refused = throttle.check("ada", kStart);
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().kind(), ErrorKind::TooManyRequests);
    EXPECT_TRUE(throttle.check("bob", kStart)) << "others are not held up";
}

TEST(Throttle, ForgetsWithTime) {
    Throttle throttle(1, minutes(15));
    throttle.note_failure("ada", kStart);
    EXPECT_FALSE(throttle.check("ada", kStart + minutes(14)));
    EXPECT_TRUE(throttle.check("ada", kStart + minutes(15)));
}

TEST(Throttle, ForgetsOnSuccess) {
    Throttle throttle(1, minutes(15));
    throttle.note_failure("ada", kStart);
    throttle.forget("ada");
    EXPECT_TRUE(throttle.check("ada", kStart));
}

TEST(Throttle, IsBoundedAndDropsTheOldest) {
    Throttle throttle(1, minutes(15), 2);
    throttle.note_failure("first", kStart);
    throttle.note_failure("second", kStart + seconds(1));
    throttle.note_failure("third", kStart + seconds(2));
    EXPECT_TRUE(throttle.check("first", kStart + seconds(3)));
    EXPECT_FALSE(throttle.check("second", kStart + seconds(3)));
    EXPECT_FALSE(throttle.check("third", kStart + seconds(3)));
}

TEST(NetworkOf, IsTheAddressOrItsSixtyFour) {
    EXPECT_EQ(network_of("192.0.2.7"), "192.0.2.7");
    EXPECT_EQ(network_of("::ffff:192.0.2.7"), "192.0.2.7");
    EXPECT_EQ(network_of("2001:db8:1:2:3:4:5:6"), "2001:db8:1:2::/64");
    EXPECT_EQ(network_of("2001:db8:1:2::9"), network_of("2001:db8:1:2:ffff::"));
    EXPECT_NE(network_of("2001:db8:1:3::9"), network_of("2001:db8:1:2::9"));
    EXPECT_EQ(network_of(""), "");
}

}  // namespace
}  // namespace sluice::access
