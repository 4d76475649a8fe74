#pragma once
/// Which scripts are known to be fast, so that others may be queued behind them on one host.

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>
#include <unordered_map>

namespace sluice::script {

/// Threads: one shard.
class Pace {
public:
    /// Fast: the last kTrusted runs each took less than kFast and called nothing back.
    bool is_fast(const std::string& script_hash) const;
    void record(const std::string& script_hash,
                std::chrono::microseconds duration,
                bool called_back);

    // A queued call waits at most depth x kFast: 16 ms behind the slowest that still count as fast.
    static constexpr std::chrono::microseconds kFast{1000};
    static constexpr std::uint32_t kTrusted = 3;
    // A slow run costs a script its good name for this many runs.
    static constexpr std::uint32_t kProbation = 100;

private:
    struct Record {
        std::uint32_t fast_runs_still_needed = kTrusted;
    };
    // Past this the memory is dropped and every script starts unknown again.
    static constexpr std::size_t kMaxScripts = 20000;
    std::unordered_map<std::string, Record> scripts_;
};

}  // namespace sluice::script
