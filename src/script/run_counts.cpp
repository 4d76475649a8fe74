#include "script/run_counts.h"

namespace sluice::script {
namespace {

// Label values of the text format: backslash, quote and line feed are escaped.
std::string label(const std::string& text) {
    std::string out;
    for (const char c : text) {
        if (c == '\\' || c == '"') {
            out.push_back('\\');
        }
        out.append(c == '\n' ? std::string("\\n") : std::string(1, c));
    }
    return out;
}

void append_line(std::string& out,
                 const std::string& script,
                 const std::string& engine,
                 std::string_view outcome,
                 std::uint64_t count) {
    out.append("sluice_script_runs_total{script=\"").append(label(script));
    out.append("\",engine=\"").append(label(engine));
    out.append("\",outcome=\"").append(outcome).append("\"} ");
    out.append(std::to_string(count)).append("\n");
}

}  // namespace

void RunCounts::add(const Run& run, Clock::time_point now) {
    const std::lock_guard lock(mutex_);
    auto found = counts_.find(run.script);
    if (found == counts_.end()) {
        if (counts_.size() >= kMaxScripts) {
            forget_old(now);
        }
        if (counts_.size() >= kMaxScripts) {
            return;
        }
        found = counts_.try_emplace(run.script).first;
    }
    Count& count = found->second[run.engine];
    count.last_at = now;
    ++(run.failed ? count.failed : count.ok);
    count.times.add(run.duration);
    count.cpu += run.cpu;
}

void RunCounts::forget_old(Clock::time_point now) {
    for (auto script = counts_.begin(); script != counts_.end();) {
        std::erase_if(script->second,
                      [now](const auto& engine) { return now - engine.second.last_at > kKept; });
        script = script->second.empty() ? counts_.erase(script) : std::next(script);
    }
}

std::string RunCounts::to_metrics(Clock::time_point now) {
    const std::lock_guard lock(mutex_);
    forget_old(now);
    std::string out =
        "# HELP sluice_script_runs_total Finished runs of each script.\n"
        "# TYPE sluice_script_runs_total counter\n";
    for (const auto& [script, engines] : counts_) {
        for (const auto& [engine, count] : engines) {
            append_line(out, script, engine, "ok", count.ok);
            append_line(out, script, engine, "error", count.failed);
        }
    }
    return out;
}

std::vector<RunSummary> RunCounts::summaries() const {
    const std::lock_guard lock(mutex_);
    std::vector<RunSummary> all;
    for (const auto& [script, engines] : counts_) {
        for (const auto& [engine, count] : engines) {
            all.push_back({script, engine, count.ok + count.failed, count.failed,
                           count.times.quantile(0.5), count.times.quantile(0.99), count.cpu});
        }
    }
    return all;
}

}  // namespace sluice::script
