#include "core/run_record.h"

namespace sluice {

std::string_view name_of(RunOutcome outcome) {
    switch (outcome) {
        case RunOutcome::Ok:
            return "ok";
        case RunOutcome::Raised:
            return "raised";
        case RunOutcome::Failed:
            return "failed";
    }
    return "";
}

void RunRecord::add_line(log::Level level, std::string text) {
    if (lines.size() >= kMostLines || text.size() > kMostLineBytes - line_bytes_) {
        ++lines_lost;
        return;
    }
    line_bytes_ += text.size();
    const auto at = std::chrono::duration_cast<std::chrono::microseconds>(Clock::now() - began_at);
    lines.push_back({at, level, std::move(text)});
}

void RunRecord::fail_with(RunOutcome how, const Error& why) {
    outcome = how;
    error = why;
}

std::size_t RunRecord::bytes() const {
    const std::size_t said =
        error ? error->message().size() + error->detail().size() + error->context().size() : 0;
    return sizeof(RunRecord) + path.size() + request_id.size() + said + line_bytes_ +
           lines.capacity() * sizeof(RunLine);
}

bool RunQuery::asks_for(const RunRecord& run) const {
    return (script.empty() || run.script->name == script) &&
           (engine.empty() || run.script->engine == engine) &&
           (request_id.empty() || run.request_id == request_id) &&
           (!outcome || run.outcome == *outcome);
}

}  // namespace sluice
