#pragma once
/// How often each script ran and how long it took, over all shards: the figures behind `/metrics`
/// and of `/system/script_run?summary=true`.

#include <chrono>
#include <cstdint>
#include <map>
#include <mutex>
#include <string>
#include <vector>

#include "core/run_record.h"
#include "script/run_times.h"

namespace sluice::script {

/// Threads: any.
class RunCounts {
public:
    using Clock = std::chrono::steady_clock;

    // Scripts are deleted and renamed: what has not run for so long is no longer listed. To who
    // reads the figures, a script that runs again later is one whose count began again.
    static constexpr std::chrono::hours kKept{24};

    /// A run that has ended.
    struct Run {
        const std::string& script;
        const std::string& engine;
        bool failed = false;
        std::chrono::microseconds duration{0};
        std::chrono::microseconds cpu{0};
    };
    void add(const Run& run, Clock::time_point now = Clock::now());

    /// Those that ran within `kKept`; the others are forgotten.
    /// Prometheus text: `sluice_script_runs_total{script="..",engine="..",outcome="ok|error"} 7`.
    std::string to_metrics(Clock::time_point now = Clock::now());
    /// The same, by script and engine.
    std::vector<RunSummary> summaries() const;

private:
    struct Count {
        Clock::time_point last_at;
        std::uint64_t ok = 0;
        std::uint64_t failed = 0;
        RunTimes times;
        std::chrono::microseconds cpu{0};
    };
    void forget_old(Clock::time_point now);

    // Past this only those already known are counted on, until some are forgotten.
    static constexpr std::size_t kMaxScripts = 20000;

    mutable std::mutex mutex_;
    /// By script, then by engine: a script may be given another.
    std::map<std::string, std::map<std::string, Count>> counts_;
};

}  // namespace sluice::script
