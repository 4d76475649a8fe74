#pragma once
/// How often each script ran, over all shards: the figures behind `/metrics`.

#include <cstdint>
#include <map>
#include <mutex>
#include <string>

namespace sluice::script {

/// Threads: any.
class RunCounts {
public:
    void add(const std::string& script, const std::string& engine, bool failed);

    /// Prometheus text: `sluice_script_runs_total{script="..",engine="..",outcome="ok|error"} 7`.
    std::string to_metrics() const;

private:
    struct Count {
        std::string engine;
        std::uint64_t ok = 0;
        std::uint64_t failed = 0;
    };
    // Scripts come and go; past this only those already known are counted on.
    static constexpr std::size_t kMaxScripts = 20000;

    mutable std::mutex mutex_;
    std::map<std::string, Count> counts_;
};

}  // namespace sluice::script
