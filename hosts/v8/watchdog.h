#pragma once
/// Ends runs at their wall limit: one thread that looks at a deadline every few milliseconds, so
/// that arming it costs no system call while runs follow each other.

#include <atomic>
#include <cstdint>
#include <thread>

#include <v8.h>

#include "frames.h"

namespace sluice::sandbox {

/// Threads: arm() and disarm() from the thread that runs scripts.
class Watchdog {
public:
    Watchdog();
    ~Watchdog();
    Watchdog(const Watchdog&) = delete;
    Watchdog& operator=(const Watchdog&) = delete;

    /// From `deadline` on, `isolate` stops executing as soon as it looks. `isolate` must live until
    /// disarm().
    void arm(v8::Isolate* isolate, Clock::time_point deadline);

    /// True when the deadline was reached: the isolate has been told to stop, then.
    bool disarm();

private:
    void watch();

    /// Nanoseconds of Clock; or one of kNone, kFired, kStop.
    std::atomic<std::int64_t> deadline_{0};
    std::atomic<bool> has_terminated_{false};
    std::atomic<bool> is_asleep_{false};
    std::atomic<v8::Isolate*> isolate_{nullptr};
    std::thread thread_;
};

}  // namespace sluice::sandbox
