#include "script/pool_line.h"

#include <boost/asio/io_context.hpp>
#include <gtest/gtest.h>

namespace sluice::script {
namespace {

class LineTest : public testing::Test {
protected:
    Line::Place& join(const std::string& script, int depth = 0, PrincipalRef principal = nullptr) {
        auto made = std::make_shared<Script>();
        made->name = script;
        made->hash = script;
        wants_.push_back(
            {{made, principal ? std::move(principal) : std::make_shared<Principal>()}, depth});
        Line::Place& place = places_.emplace_back(io_.get_executor(), wants_.back());
        line_.join(place);
        return place;
    }

    std::string order(std::size_t most = 100) const {
        std::string names;
        for (const Line::Place* place : line_.next(most)) {
            names += place->want.tenant.script->name + std::to_string(place->want.depth) + " ";
        }
        return names;
    }

    boost::asio::io_context io_{1};
    Line line_;
    std::deque<Want> wants_;
    std::deque<Line::Place> places_;
};

TEST_F(LineTest, ServesScriptsInTurn) {
    for (int i = 0; i < 3; ++i) {
        join("a");
    }
    join("b");
    join("c");
    EXPECT_EQ(order(), "a0 b0 c0 a0 a0 ");
    EXPECT_EQ(order(2), "a0 b0 ");
}

TEST_F(LineTest, ThoseWhoWereSentBeforeComeFirstOfTheirScriptInTheirOrder) {
    Line::Place& first = join("a");
    join("b");
    std::deque<Want> sent(2, first.want);
    std::deque<Line::Place> places;
    for (Want& want : sent) {
        want.was_sent = true;
        line_.join(places.emplace_back(io_.get_executor(), want));
    }
    const std::vector<Line::Place*> order = line_.next(9);
    ASSERT_EQ(order.size(), 4U);
    EXPECT_EQ(order[0], &places[0]);
    EXPECT_EQ(order[1]->want.tenant.script->name, "b");
    EXPECT_EQ(order[2], &places[1]);
    EXPECT_EQ(order[3], &first);
}

TEST_F(LineTest, ServesTheDeepestFirst) {
    join("a");
    join("b", 2);
    join("c", 1);
    join("b", 2);
    EXPECT_EQ(order(), "b2 b2 c1 a0 ");
    EXPECT_EQ(line_.deepest(), 2);
    EXPECT_EQ(line_.size(), 4U);
}

TEST_F(LineTest, ServedScriptGoesBehindTheOthers) {
    const Line::Place& first = join("a");
    join("a");
    join("b");
    line_.leave(first, true);
    EXPECT_EQ(order(), "b0 a0 ");
}

TEST_F(LineTest, OneThatGivesUpCostsItsScriptNoTurn) {
    const Line::Place& first = join("a");
    join("a");
    join("b");
    line_.leave(first, false);
    EXPECT_EQ(order(), "a0 b0 ");
}

TEST_F(LineTest, IsEmptyWhenAllHaveLeft) {
    const Line::Place& only = join("a", 3);
    line_.leave(only, true);
    line_.leave(only, true);
    EXPECT_EQ(line_.size(), 0U);
    EXPECT_EQ(line_.deepest(), -1);
    EXPECT_EQ(order(), "");
}

TEST_F(LineTest, KnowsWhoIsFirstOfAScript) {
    EXPECT_TRUE(line_.is_first_of_its_script(join("a").want));
    EXPECT_FALSE(line_.is_first_of_its_script(join("a").want));
    EXPECT_TRUE(line_.is_first_of_its_script(join("a", 1).want));
}

TEST_F(LineTest, CountsScripts) {
    EXPECT_EQ(line_.scripts(), 0U);
    join("a");
    join("a");
    join("b");
    join("a", 1);
    EXPECT_EQ(line_.scripts(), 3U);
}

TEST_F(LineTest, KnowsWhetherOthersWait) {
    const Want mine = join("a").want;
    EXPECT_FALSE(line_.has_other_tenant(mine.tenant));
    auto other = std::make_shared<Principal>();
    other->user = UserIdentity{};
    join("a", 0, other);
    EXPECT_TRUE(line_.has_other_tenant(mine.tenant));
    EXPECT_FALSE(line_.has_other_script(*mine.tenant.script));
    join("b", 1);
    EXPECT_TRUE(line_.has_other_script(*mine.tenant.script));
}

}  // namespace
}  // namespace sluice::script
