#include "access/throttle.h"

#include <algorithm>

namespace sluice::access {

Status Throttle::check(const std::string& key, Clock::time_point now) {
    const std::lock_guard lock(mutex_);
    const auto found = entries_.find(key);
    if (found == entries_.end() || now - found->second.since >= window_ ||
        found->second.failures < max_failures_) {
        return {};
    }
    return fail(ErrorKind::TooManyRequests,
                "Too many failed log-in attempts. Please try again later.");
}

void Throttle::note_failure(const std::string& key, Clock::time_point now) {
    const std::lock_guard lock(mutex_);
    if (!entries_.contains(key) && entries_.size() >= max_entries_) {
        make_room(now);
    }
    Entry& entry = entries_[key];
    if (entry.failures == 0 || now - entry.since >= window_) {
        entry = {0, now};
    }
    ++entry.failures;
}

void Throttle::forget(const std::string& key) {
    const std::lock_guard lock(mutex_);
    entries_.erase(key);
}

void Throttle::make_room(Clock::time_point now) {
    std::erase_if(entries_, [&](const auto& entry) { return now - entry.second.since >= window_; });
    if (entries_.size() >= max_entries_) {
        entries_.erase(std::ranges::min_element(
            entries_, {}, [](const auto& entry) { return entry.second.since; }));
    }
}

}  // namespace sluice::access
