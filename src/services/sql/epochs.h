#pragma once
/// Tells the shards of one process that tables of a database have changed.

#include <atomic>
#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <string>

namespace sluice::services::sql {

using EpochRef = std::shared_ptr<std::atomic<std::uint64_t>>;

/// Threads: any.
class Epochs {
public:
    /// The one counter of the database that `name` stands for.
    EpochRef of(const std::string& name) {
        const std::lock_guard lock(mutex_);
        EpochRef& epoch = epochs_[name];
        if (!epoch) {
            epoch = std::make_shared<std::atomic<std::uint64_t>>(0);
        }
        return epoch;
    }

private:
    std::mutex mutex_;
    std::map<std::string, EpochRef> epochs_;
};

}  // namespace sluice::services::sql
