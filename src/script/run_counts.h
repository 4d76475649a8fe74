#pragma once
/// How often each script ran, over all shards: the figures behind `/metrics`.

#include <chrono>
#include <cstdint>
#include <map>
#include <mutex>
#include <string>

namespace sluice::script {

/// Threads: any.
class RunCounts {
public:
    using Clock = std::chrono::steady_clock;

    // Scripts are deleted and renamed: what has not run for so long is no longer listed. To who
    // reads the figures, a script that runs again later is one whose count began again.
    static constexpr std::chrono::hours kKept{24};

    void add(const std::string& script,
             const std::string& engine,
             bool failed,
             Clock::time_point now = Clock::now());

    /// Those that ran within `kKept`; the others are forgotten.
    /// Prometheus text: `sluice_script_runs_total{script="..",engine="..",outcome="ok|error"} 7`.
    std::string to_metrics(Clock::time_point now = Clock::now());

private:
    struct Count {
        Clock::time_point last_at;
        std::uint64_t ok = 0;
        std::uint64_t failed = 0;
    };
    void forget_old(Clock::time_point now);

    // Past this only those already known are counted on, until some are forgotten.
    static constexpr std::size_t kMaxScripts = 20000;

    std::mutex mutex_;
    /// By script, then by engine: a script may be given another.
    std::map<std::string, std::map<std::string, Count>> counts_;
};

}  // namespace sluice::script
