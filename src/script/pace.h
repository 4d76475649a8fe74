#pragma once
/// Which scripts are known to be fast, so that others may be queued behind them on one host.

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>
#include <unordered_map>

namespace sluice::script {

/// Threads: one shard.
class Pace {
public:
    // A queued call waits for at most depth x kFast, on average.
    static constexpr std::chrono::microseconds kFast{1000};
    // Once this long is too long, however fast the others were. Far above kFast, so that a busy
    // machine does not make every script slow.
    static constexpr std::chrono::microseconds kTooLong{10'000};
    static constexpr std::uint32_t kTrusted = 3;
    // A run that is too long costs a script its good name for this many runs.
    static constexpr std::uint32_t kProbation = 100;

    /// `fast`: what counts as fast; tests on a busy machine say more.
    explicit Pace(std::chrono::microseconds fast = kFast) : fast_(fast) {}

    /// Fast: it ran a few times, its runs take less than `fast` on average, none of the last
    /// hundred was too long or called `platform.api`.
    bool is_fast(const std::string& script_hash) const;
    /// Once this long a run is too long, however fast the others were.
    std::chrono::microseconds too_long() const { return std::max(kTooLong, fast_); }
    /// Not run often enough to say: fast or slow is not decided yet.
    bool is_undecided(const std::string& script_hash) const;
    /// Its last run was too long.
    bool is_slow(const std::string& script_hash) const;
    void record(const std::string& script_hash,
                std::chrono::microseconds duration,
                bool called_back);

private:
    struct Record {
        std::uint32_t runs_still_needed = kTrusted;
        std::chrono::microseconds average{0};
        bool was_too_long = false;
    };
    // Past this the memory is dropped and every script starts unknown again.
    static constexpr std::size_t kMaxScripts = 20000;

    std::chrono::microseconds fast_;
    std::unordered_map<std::string, Record> scripts_;
};

}  // namespace sluice::script
