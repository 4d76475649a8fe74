#pragma once
/// Waiting on a shard: one place for timers and wake-ups, so that races live here and nowhere else.

#include <chrono>
#include <memory>

#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>

#include "core/deadline.h"
#include "core/task.h"

namespace sluice {

inline constexpr boost::asio::use_awaitable_t<Executor> use_task{};

using Timer = boost::asio::basic_waitable_timer<std::chrono::steady_clock,
                                                boost::asio::wait_traits<std::chrono::steady_clock>,
                                                Executor>;

Task<void> sleep_for(std::chrono::milliseconds time);

/// One coroutine waits, another on the same shard says that it may go on.
///
/// Shape:   `set` before `wait_until` is remembered; each `set` releases one waiting.
/// Threads: one shard.
class Signal {
public:
    explicit Signal(Executor executor) : timer_(executor) {}

    void set();
    /// True when set, false when the deadline passed first.
    Task<bool> wait_until(Deadline deadline);

private:
    Timer timer_;
    bool is_set_ = false;
};

}  // namespace sluice
