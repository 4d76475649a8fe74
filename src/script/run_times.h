#pragma once
/// How long runs took, in few bytes: counts by powers of two, each in four parts.

#include <array>
#include <chrono>
#include <cstdint>

namespace sluice::script {

/// Shape:   what is told is at most a quarter more than what was; from 67 s on it is that.
/// Threads: one at a time.
class RunTimes {
public:
    void add(std::chrono::microseconds time);
    std::uint64_t count() const { return count_; }
    /// The time that `share` (0 to 1) of all stayed within; zero before the first.
    std::chrono::microseconds quantile(double share) const;

private:
    static constexpr std::size_t kParts = 4;
    static constexpr std::size_t kPowers = 25;
    static constexpr std::size_t kBuckets = kParts * kPowers;

    static std::size_t bucket_of(std::uint64_t us);
    static std::uint64_t top_of(std::size_t bucket);

    std::array<std::uint32_t, kBuckets> counts_{};
    std::uint64_t count_ = 0;
};

}  // namespace sluice::script
