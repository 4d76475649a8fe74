#include "script/pool_neighbours.h"

#include <gtest/gtest.h>

namespace sluice::script {
namespace {

ScriptRef script(std::string name) {
    auto made = std::make_shared<Script>();
    made->name = std::move(name);
    return made;
}

const ScriptRef kA = script("a");
const ScriptRef kB = script("b");
const Neighbours::Clock::time_point kNow = Neighbours::Clock::now();

TEST(Neighbours, ScriptAloneHasNone) {
    Neighbours neighbours;
    EXPECT_FALSE(neighbours.has_other(*kA, kNow));
    neighbours.note(kA, kNow);
    neighbours.note(kA, kNow);
    EXPECT_FALSE(neighbours.has_other(*kA, kNow));
    EXPECT_TRUE(neighbours.has_other(*kB, kNow));
}

TEST(Neighbours, OtherScriptIsRememberedForATime) {
    Neighbours neighbours;
    neighbours.note(kB, kNow);
    neighbours.note(kA, kNow + std::chrono::seconds(1));
    neighbours.note(kA, kNow + std::chrono::seconds(2));
    EXPECT_TRUE(neighbours.has_other(*kA, kNow + std::chrono::seconds(9)));
    EXPECT_FALSE(neighbours.has_other(*kA, kNow + std::chrono::seconds(10)));
    EXPECT_TRUE(neighbours.has_other(*kB, kNow + std::chrono::seconds(10)));
}

}  // namespace
}  // namespace sluice::script
