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

void RunCounts::add(const std::string& script, const std::string& engine, bool failed) {
    const std::lock_guard lock(mutex_);
    auto found = counts_.find(script);
    if (found == counts_.end()) {
        if (counts_.size() >= kMaxScripts) {
            return;
        }
        found = counts_.emplace(script, Count{engine}).first;
    }
    ++(failed ? found->second.failed : found->second.ok);
}

std::string RunCounts::to_metrics() const {
    const std::lock_guard lock(mutex_);
    std::string out =
        "# HELP sluice_script_runs_total Finished runs of each script.\n"
        "# TYPE sluice_script_runs_total counter\n";
    for (const auto& [script, count] : counts_) {
        append_line(out, script, count.engine, "ok", count.ok);
        append_line(out, script, count.engine, "error", count.failed);
    }
    return out;
}

}  // namespace sluice::script
