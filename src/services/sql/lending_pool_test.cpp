#include "services/sql/lending_pool.h"

#include <boost/asio/io_context.hpp>
#include <gtest/gtest.h>

namespace sluice::services::sql {
namespace {

using std::chrono::milliseconds;

struct Line {
    bool is_usable() const { return !is_closed && !is_stale; }
    bool is_at_rest() const { return !is_closed; }
    void close() { is_closed = true; }
    bool is_closed = false;
    bool is_stale = false;
};
using LineRef = std::shared_ptr<Line>;

/// How connections come about in a test.
struct Maker {
    int made = 0;
    bool fails = false;
    milliseconds takes{0};
    LineRef last;
};

Task<Result<LineRef>> make_line(Maker& maker) {
    ++maker.made;
    if (maker.takes.count() > 0) {
        co_await sleep_for(maker.takes);
    }
    if (maker.fails) {
        co_return fail(ErrorKind::ServiceUnavailable, "no line");
    }
    maker.last = std::make_shared<Line>();
    co_return maker.last;
}

class LendingPoolTest : public ::testing::Test {
protected:
    Result<LineRef> lend(milliseconds patience = milliseconds(1000)) {
        std::optional<Result<LineRef>> result;
        boost::asio::co_spawn(loop_, pool_.lend(Deadline::after(patience)),
                              [&result](std::exception_ptr, Result<LineRef> line) {
                                  result.emplace(std::move(line));
                              });
        loop_.restart();
        while (!result && loop_.run_one() > 0) {
        }
        return std::move(*result);
    }

    boost::asio::io_context loop_{1};
    Maker maker_;
    Opener<Line> opener_{loop_.get_executor(),
                         [this](const std::string&) { return make_line(maker_); }};
    LendingPool<Line> pool_{loop_.get_executor(), 2, opener_, "line"};
};

TEST_F(LendingPoolTest, LendsAgainWhatWasGivenBack) {
    const auto first = lend();
    ASSERT_TRUE(first);
    pool_.give_back(*first);
    EXPECT_EQ(*lend(), *first);
    EXPECT_EQ(maker_.made, 1);
}

TEST_F(LendingPoolTest, ReplacesWhatDiedWhileNobodyUsedIt) {
    const auto first = lend();
    pool_.give_back(*first);
    (*first)->is_stale = true;
    const auto second = lend();
    ASSERT_TRUE(second);
    EXPECT_NE(*second, *first);
    EXPECT_TRUE((*first)->is_closed);
}

TEST_F(LendingPoolTest, KeepsNothingThatIsNotAtRest) {
    const auto first = lend();
    (*first)->close();
    pool_.give_back(*first);
    EXPECT_NE(*lend(), *first);
    EXPECT_EQ(maker_.made, 2);
}

TEST_F(LendingPoolTest, LendsNoMoreThanItsNumber) {
    const auto first = lend();
    ASSERT_TRUE(lend());
    const auto third = lend(milliseconds(30));
    ASSERT_FALSE(third);
    EXPECT_EQ(third.error().message(), "All connections to the database are in use.");
    pool_.give_back(*first);
    EXPECT_TRUE(lend(milliseconds(30)));
}

TEST_F(LendingPoolTest, TriesNotAgainAtOnceAfterAFailure) {
    maker_.fails = true;
    EXPECT_FALSE(lend());
    maker_.fails = false;
    const auto second = lend();
    ASSERT_FALSE(second);
    EXPECT_EQ(second.error().message(), "no line");
    EXPECT_EQ(maker_.made, 1);
    loop_.restart();
    loop_.run_for(milliseconds(1));
    std::optional<Result<LineRef>> later;
    for (int i = 0; i < 20 && !(later && *later); ++i) {
        boost::asio::co_spawn(loop_, sleep_for(milliseconds(50)), boost::asio::detached);
        loop_.restart();
        loop_.run();
        later.emplace(lend());
    }
    EXPECT_TRUE(*later);
}

TEST_F(LendingPoolTest, ClosesWhatComesTooLate) {
    maker_.takes = milliseconds(60);
    const auto late = lend(milliseconds(10));
    ASSERT_FALSE(late);
    EXPECT_EQ(late.error().status(), 504);
    loop_.restart();
    loop_.run();
    ASSERT_TRUE(maker_.last);
    EXPECT_TRUE(maker_.last->is_closed);
}

TEST_F(LendingPoolTest, OneAttemptIsUnderWayAtATime) {
    maker_.takes = milliseconds(30);
    int lent = 0;
    for (int i = 0; i < 2; ++i) {
        boost::asio::co_spawn(
            loop_, pool_.lend(Deadline::after(milliseconds(2000))),
            [&lent](std::exception_ptr, Result<LineRef> line) { lent += line ? 1 : 0; });
    }
    loop_.restart();
    loop_.run_for(milliseconds(10));
    EXPECT_EQ(maker_.made, 1);
    loop_.run();
    EXPECT_EQ(maker_.made, 2);
    EXPECT_EQ(lent, 2);
}

TEST_F(LendingPoolTest, AllWhoWaitHearOfAFailure) {
    maker_.takes = milliseconds(30);
    maker_.fails = true;
    int refused = 0;
    for (int i = 0; i < 2; ++i) {
        boost::asio::co_spawn(
            loop_, pool_.lend(Deadline::after(milliseconds(2000))),
            [&refused](std::exception_ptr, Result<LineRef> line) { refused += line ? 0 : 1; });
    }
    loop_.restart();
    loop_.run();
    EXPECT_EQ(refused, 2);
    EXPECT_EQ(maker_.made, 1);
}

TEST_F(LendingPoolTest, WhatIsMadeForAnotherSortGoesToNobodyElse) {
    maker_.takes = milliseconds(20);
    std::optional<Result<LineRef>> other;
    boost::asio::co_spawn(loop_, opener_.open("other", Deadline::after(milliseconds(2000))),
                          [&other](std::exception_ptr, Result<LineRef> line) { other = line; });
    const auto line = lend();
    loop_.run();
    ASSERT_TRUE(line && other && *other);
    EXPECT_NE(*line, **other);
    EXPECT_EQ(maker_.made, 2);
}

Task<void> enter_and_count(Gate& gate, int& refused) {
    const bool is_in = co_await gate.enter(Deadline::after(std::chrono::seconds(30)));
    refused += is_in ? 0 : 1;
    if (is_in) {
        gate.leave();
    }
}

TEST(Gate, TurnsAwayWhoeverComesToAFullLine) {
    boost::asio::io_context loop(1);
    Gate gate(loop.get_executor(), 1);
    int refused = 0;
    bool is_held = false;
    boost::asio::co_spawn(loop, gate.enter(Deadline()),
                          [&is_held](std::exception_ptr, bool is_in) { is_held = is_in; });
    loop.run();
    ASSERT_TRUE(is_held);
    for (std::size_t i = 0; i < Gate::kMostWaiting + 3; ++i) {
        boost::asio::co_spawn(loop, enter_and_count(gate, refused), boost::asio::detached);
    }
    loop.restart();
    loop.poll();
    EXPECT_EQ(refused, 3);
    gate.leave();
    loop.restart();
    loop.run();
    EXPECT_EQ(refused, 3);
}

}  // namespace
}  // namespace sluice::services::sql
