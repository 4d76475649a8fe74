#include "script/pace.h"

namespace sluice::script {

bool Pace::is_fast(const std::string& script_hash) const {
    const auto found = scripts_.find(script_hash);
    return found != scripts_.end() && found->second.runs_still_needed == 0 &&
           found->second.average < fast_;
}

bool Pace::is_undecided(const std::string& script_hash) const {
    const auto found = scripts_.find(script_hash);
    return found == scripts_.end() ||
           (found->second.runs_still_needed > 0 && found->second.runs_still_needed <= kTrusted);
}

bool Pace::is_slow(const std::string& script_hash) const {
    const auto found = scripts_.find(script_hash);
    return found != scripts_.end() && found->second.was_too_long;
}

void Pace::record(const std::string& script_hash,
                  std::chrono::microseconds duration,
                  bool called_back) {
    if (scripts_.size() >= kMaxScripts) {
        scripts_.clear();
    }
    const auto [entry, is_new] = scripts_.try_emplace(script_hash);
    Record& record = entry->second;
    record.was_too_long = duration >= too_long();
    if (called_back || (duration >= too_long() && !is_new)) {
        record.runs_still_needed = kTrusted + kProbation;
        return;
    }
    if (is_new) {
        return;  // the first run compiles, so its time says nothing
    }
    // An average over about the last eight: one slow run of a busy machine is forgotten soon.
    record.average =
        record.average == record.average.zero() ? duration : (record.average * 7 + duration) / 8;
    if (record.runs_still_needed > 0) {
        --record.runs_still_needed;
    }
}

}  // namespace sluice::script
