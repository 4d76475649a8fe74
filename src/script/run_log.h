#pragma once
/// The latest runs of all shards, in bounded memory, and the figures of each script.
/// Source: docs/reference/script-runs.md.

#include <atomic>
#include <deque>
#include <mutex>

#include "core/run_record.h"
#include "script/run_counts.h"

namespace sluice::script {

struct RunLogSettings {
    /// The latest, whatever became of them.
    std::size_t most_runs = 1000;
    /// Of older ones, those that failed or warned: a busy script that does well would push them
    /// out.
    std::size_t most_notable = 1000;
    std::size_t most_bytes = 16UL * 1024 * 1024;
};

/// Threads: any.
class RunLog final : public RunHistory, public std::enable_shared_from_this<RunLog> {
public:
    explicit RunLog(RunLogSettings settings = {});

    /// A run begins. It is kept once nobody holds it any more.
    std::shared_ptr<RunRecord> begin(ScriptRef script, const Event& event);
    /// No more streams of runs from now on.
    void close() { is_closed_ = true; }
    /// For `/metrics`.
    std::string to_metrics() { return counts_.to_metrics(); }

    std::vector<KeptRun> page(const RunQuery& query) const override;
    KeptRun find(RunId id) const override;
    std::vector<KeptRun> behind(std::uint64_t place, std::size_t most) const override;
    std::uint64_t last_place() const override;
    std::vector<RunSummary> summaries() const override { return counts_.summaries(); }
    bool is_closed() const override { return is_closed_; }

private:
    using Kept = std::deque<KeptRun>;

    void keep(std::unique_ptr<RunRecord> record);
    /// Into `gone` goes what has no place any more: it is freed by who holds no lock.
    void make_room(std::vector<KeptRun>& gone);
    void let_go(Kept& runs, std::vector<KeptRun>& gone);

    const RunLogSettings settings_;
    RunCounts counts_;
    std::atomic<RunId> next_id_;
    std::atomic<bool> is_closed_ = false;

    mutable std::mutex mutex_;
    std::uint64_t last_place_ = 0;
    std::size_t bytes_ = 0;
    /// Both the earliest first; all notable ones ended before the first of the recent.
    Kept recent_;
    Kept notable_;
};

}  // namespace sluice::script
