#pragma once
/// Whether a pool's hosts are used by more than one script.

#include <chrono>

#include "core/deadline.h"
#include "script/host_tenant.h"

namespace sluice::script {

/// Threads: one shard.
class Neighbours {
public:
    using Clock = Deadline::Clock;

    // A script that ran within this time is soon expected again.
    static constexpr std::chrono::seconds kTime{10};

    /// A run of the script begins.
    void note(const ScriptRef& script, Clock::time_point now) {
        if (last_ && !is_same_script(*last_, *script)) {
            last_but_one_at_ = last_at_;
        }
        last_ = script;
        last_at_ = now;
    }

    /// A run of another script began within `kTime`.
    bool has_other(const Script& script, Clock::time_point now) const {
        const bool is_last = last_ && is_same_script(*last_, script);
        return last_ && now - (is_last ? last_but_one_at_ : last_at_) < kTime;
    }

private:
    ScriptRef last_;
    Clock::time_point last_at_{};
    /// When another script than the last last ran.
    Clock::time_point last_but_one_at_{};
};

}  // namespace sluice::script
