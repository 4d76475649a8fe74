#pragma once
/// Whether a host that has nothing to do uses the processor all the same: a script that answered in
/// its host's place goes on there.

#include <chrono>
#include <optional>

#include "core/deadline.h"

namespace sluice::script {

/// Shape:   told of each look at the same idle host, in order of time.
/// Threads: one shard.
class IdleWatch {
public:
    using Time = Deadline::Clock::time_point;

    // Between two looks at one host; each costs some microseconds.
    static constexpr std::chrono::milliseconds kInterval{250};
    // A host that waits for its next frame uses none. What it puts in order after its last run
    // comes before the first look.
    static constexpr std::chrono::milliseconds kMost{100};

    /// It is time for a look at a host that is idle `since`.
    bool is_due(Time since, Time now);
    /// It has used `total` so far. True when that is too much since the first look.
    bool is_working(std::chrono::nanoseconds total);

private:
    Time since_{};
    Time next_{};
    std::optional<std::chrono::nanoseconds> first_;
};

}  // namespace sluice::script
