#pragma once
/// Lets a bounded number of coroutines of one shard through at a time; the others wait in line.

#include <cstddef>
#include <list>
#include <memory>
#include <utility>

#include "core/async.h"

namespace sluice::services::sql {

/// Threads: one shard.
class Gate {
public:
    /// Longer lines help nobody: whoever stands at their end waits in vain.
    static constexpr std::size_t kMostWaiting = 4096;

    Gate(Executor executor, std::size_t places) : executor_(executor), free_(places) {}

    /// False when the deadline passed first, or at once when the line is full. After true, `leave`
    /// must follow.
    Task<bool> enter(Deadline deadline);
    void leave();
    bool is_full() const { return free_ == 0; }

private:
    Executor executor_;
    std::size_t free_;
    std::list<std::shared_ptr<Signal>> waiting_;
};

/// A place behind a gate that was entered, if any: left when this goes.
class GatePlace {
public:
    explicit GatePlace(Gate* gate) : gate_(gate) {}
    ~GatePlace() {
        if (gate_ != nullptr) {
            gate_->leave();
        }
    }
    GatePlace(GatePlace&& other) noexcept : gate_(std::exchange(other.gate_, nullptr)) {}
    GatePlace& operator=(GatePlace&&) = delete;

private:
    Gate* gate_;
};

}  // namespace sluice::services::sql
