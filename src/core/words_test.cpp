#include "core/words.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace sluice {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

TEST(WordsOf, CutsAtCommasAndTrims) {
    EXPECT_THAT(words_of("id, first name ,x"), ElementsAre("id", "first name", "x"));
    EXPECT_THAT(words_of("one"), ElementsAre("one"));
}

TEST(WordsOf, LeavesEmptyOnesOut) {
    EXPECT_THAT(words_of(""), IsEmpty());
    EXPECT_THAT(words_of(" , ,"), IsEmpty());
    EXPECT_THAT(words_of(",a,,b,"), ElementsAre("a", "b"));
}

}  // namespace
}  // namespace sluice
