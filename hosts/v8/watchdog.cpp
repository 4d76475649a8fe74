#include "watchdog.h"

namespace sluice::sandbox {

namespace {

constexpr std::int64_t kNone = 0;
constexpr std::int64_t kFired = -1;
constexpr std::int64_t kStop = -2;
constexpr auto kLook = std::chrono::milliseconds(10);
/// Looks without a run before the thread goes to sleep and has to be woken: one second.
constexpr int kIdleLooks = 100;

std::int64_t nanoseconds(Clock::time_point at) {
    return std::chrono::nanoseconds(at.time_since_epoch()).count();
}

}  // namespace

Watchdog::Watchdog() : thread_([this] { watch(); }) {}

Watchdog::~Watchdog() {
    deadline_ = kStop;
    deadline_.notify_one();
    thread_.join();
}

void Watchdog::arm(v8::Isolate* isolate, Clock::time_point deadline) {
    isolate_ = isolate;
    has_terminated_ = false;
    deadline_ = nanoseconds(deadline);
    if (is_asleep_) {
        deadline_.notify_one();
    }
}

bool Watchdog::disarm() {
    if (deadline_.exchange(kNone) != kFired) {
        return false;
    }
    while (!has_terminated_) {
        std::this_thread::yield();
    }
    return true;
}

void Watchdog::watch() {
    int idle = 0;
    for (;;) {
        std::int64_t deadline = deadline_;
        if (deadline == kStop) {
            return;
        }
        if (deadline == kNone && ++idle > kIdleLooks) {
            is_asleep_ = true;
            deadline_.wait(kNone);
            is_asleep_ = false;
            idle = 0;
            continue;
        }
        if (deadline > 0) {
            idle = 0;
            if (nanoseconds(Clock::now()) >= deadline &&
                deadline_.compare_exchange_strong(deadline, kFired)) {
                isolate_.load()->TerminateExecution();
                has_terminated_ = true;
            }
        }
        std::this_thread::sleep_for(kLook);
    }
}

}  // namespace sluice::sandbox
