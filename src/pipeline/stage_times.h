#pragma once
/// How long each stage of a call took: the Server-Timing header.

#include <array>
#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>

namespace sluice::pipeline {

/// Shape: stages in the order in which they ended; each lasts from the end of the one before it.
class StageTimes {
public:
    void end(std::string_view stage);
    /// `auth;dur=0.012, resolve;dur=0.003`: milliseconds, as W3C Server Timing has it.
    std::string header() const;

private:
    using Clock = std::chrono::steady_clock;
    static constexpr std::size_t kMaxStages = 8;
    struct Entry {
        std::string_view stage;
        std::int64_t microseconds = 0;
    };
    std::array<Entry, kMaxStages> entries_{};
    std::size_t count_ = 0;
    Clock::time_point last_ = Clock::now();
};

}  // namespace sluice::pipeline
