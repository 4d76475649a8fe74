#include "services/sql/lone_thread.h"

#include <chrono>
#include <stdexcept>

#include <gtest/gtest.h>

namespace sluice::services::sql {
namespace {

/// Until the thread takes work again, for a few seconds.
template <typename Work>
bool starts_soon(LoneThread& thread, Work work) {
    for (int i = 0; i < 500; ++i) {
        if (thread.start(work)) {
            return true;
        }
        std::this_thread::sleep_for(std::chrono::milliseconds(10));
    }
    return false;
}

/// Cannot be handed to a thread: as if there were none to be had.
struct Immovable {
    Immovable() = default;
    Immovable(const Immovable&) { throw std::runtime_error("stays here"); }
    void operator()() const {}
};

TEST(LoneThread, DoesOnePieceOfWorkAtATime) {
    LoneThread thread;
    auto may_end = std::make_shared<std::atomic<bool>>(false);
    auto ran = std::make_shared<std::atomic<int>>(0);
    ASSERT_TRUE(thread.start([may_end, ran] {
        ++*ran;
        may_end->wait(false);
    }));
    EXPECT_FALSE(thread.start([ran] { ++*ran; }));
    *may_end = true;
    may_end->notify_all();
    EXPECT_TRUE(starts_soon(thread, [] {}));
    EXPECT_EQ(*ran, 1);
}

TEST(LoneThread, OutlivesWorkThatThrows) {
    LoneThread thread;
    ASSERT_TRUE(thread.start([] { throw std::runtime_error("odd work"); }));
    EXPECT_TRUE(starts_soon(thread, [] { throw 7; }));
    EXPECT_TRUE(starts_soon(thread, [] {}));
}

TEST(LoneThread, TakesWorkAgainAfterNoThreadCouldBeMade) {
    LoneThread thread;
    EXPECT_FALSE(thread.start(Immovable()));
    EXPECT_TRUE(starts_soon(thread, [] {}));
}

}  // namespace
}  // namespace sluice::services::sql
