#pragma once
/// The numbers that runs go by on the wire: whoever answers for a run has to know its number, and a
/// script is not told.

#include <array>
#include <cstdint>

namespace sluice::script {

/// Threads: one shard.
class RunNumbers {
public:
    /// Shape: 1 to 2^53 - 1, so that every engine can hold it; from the system's generator. Two are
    /// the same once in many lives.
    std::uint64_t next();

private:
    // One call of the system for as many.
    std::array<std::uint64_t, 64> drawn_{};
    std::size_t left_ = 0;
};

}  // namespace sluice::script
