#include "script/pace.h"

namespace sluice::script {

bool Pace::is_fast(const std::string& script_hash) const {
    const auto found = scripts_.find(script_hash);
    return found != scripts_.end() && found->second.fast_runs_still_needed == 0;
}

void Pace::record(const std::string& script_hash,
                  std::chrono::microseconds duration,
                  bool called_back) {
    if (scripts_.size() >= kMaxScripts) {
        scripts_.clear();
    }
    const auto [entry, is_new] = scripts_.try_emplace(script_hash);
    std::uint32_t& needed = entry->second.fast_runs_still_needed;
    if (duration >= kFast || called_back) {
        // The first run compiles, so its time says nothing.
        needed = is_new && !called_back ? kTrusted : kProbation;
    } else if (needed > 0) {
        --needed;
    }
}

}  // namespace sluice::script
