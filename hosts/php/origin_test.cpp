#include "origin.h"

#include <memory>

#include <gtest/gtest.h>

namespace sluice::php {
namespace {

TEST(Origins, FindWhatWasAdded) {
    Origins origins;
    const int first = 0;
    const int second = 0;
    origins.add(&first, {"{}", true, false});
    ASSERT_NE(origins.find(&first), nullptr);
    EXPECT_EQ(origins.find(&first)->text, "{}");
    EXPECT_TRUE(origins.find(&first)->was_map);
    EXPECT_EQ(origins.find(&second), nullptr);
}

TEST(Origins, AreEmptyAtFirstAndAfterClear) {
    Origins origins;
    const int any = 0;
    EXPECT_EQ(origins.find(&any), nullptr);
    origins.add(&any, {"[]", false, false});
    origins.add_number(1.5, "1.50");
    origins.clear();
    EXPECT_EQ(origins.find(&any), nullptr);
    EXPECT_FALSE(origins.find_number(1.5));
}

TEST(Origins, KeepThousandsApart) {
    constexpr std::size_t kCount = 10'000;
    const auto things = std::make_unique<std::uint64_t[]>(kCount * 7);
    const std::string text(kCount, 'x');
    Origins origins;
    for (int round = 0; round < 2; ++round) {
        for (std::size_t i = 0; i < kCount; ++i) {
            origins.add(&things[i * 7], {std::string_view(text).substr(i), false, false});
        }
        for (std::size_t i = 0; i < kCount; ++i) {
            const Source* found = origins.find(&things[i * 7]);
            ASSERT_NE(found, nullptr);
            EXPECT_EQ(found->text.size(), kCount - i);
            EXPECT_EQ(origins.find(&things[i * 7 + 1]), nullptr);
        }
        origins.clear();
    }
}

TEST(Origins, ReplaceWhatIsAddedAgain) {
    Origins origins;
    const int any = 0;
    origins.add(&any, {"old", false, false});
    origins.add(&any, {"new", false, true});
    EXPECT_EQ(origins.find(&any)->text, "new");
    EXPECT_TRUE(origins.find(&any)->was_index);
}

TEST(Origins, RememberTheFirstSpellingOfANumber) {
    Origins origins;
    origins.add_number(19.9, "19.90");
    origins.add_number(19.9, "19.900");
    EXPECT_EQ(origins.find_number(19.9), "19.90");
    EXPECT_FALSE(origins.find_number(20.0));
}

TEST(Origins, TellZeroFromItsNegative) {
    Origins origins;
    origins.add_number(-0.0, "-0");
    EXPECT_EQ(origins.find_number(-0.0), "-0");
    EXPECT_FALSE(origins.find_number(0.0));
}

}  // namespace
}  // namespace sluice::php
