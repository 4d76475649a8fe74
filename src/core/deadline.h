#pragma once
/// When a call must be over. One deadline is made per request and passed down to every nested call.

#include <algorithm>
#include <chrono>

namespace sluice {

class Deadline {
public:
    using Clock = std::chrono::steady_clock;

    /// Never.
    Deadline() = default;
    explicit Deadline(Clock::time_point at) : at_(at) {}
    static Deadline after(std::chrono::milliseconds time) { return Deadline(Clock::now() + time); }

    Clock::time_point at() const { return at_; }
    bool is_set() const { return at_ != Clock::time_point::max(); }
    bool has_passed() const { return is_set() && Clock::now() >= at_; }
    /// The earlier of this one and `time` from now.
    Deadline within(std::chrono::milliseconds time) const {
        return Deadline(std::min(at_, Clock::now() + time));
    }

private:
    Clock::time_point at_ = Clock::time_point::max();
};

}  // namespace sluice
