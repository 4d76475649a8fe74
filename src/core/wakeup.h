#pragma once
/// One coroutine waits for another on the same shard: cheaper than a timer, for the hot path.

#include <memory>

#include "core/task.h"

namespace sluice {

/// Shape:   `set` before `wait` is remembered. One coroutine may wait at a time.
/// Threads: one shard. The waiting coroutine resumes from the loop, never inside `set`.
class Wakeup {
public:
    explicit Wakeup(Executor executor) : executor_(executor) {}

    void set();
    Task<void> wait();

private:
    struct Waiting {
        virtual ~Waiting() = default;
        virtual void resume(Executor executor) = 0;
    };
    template <typename Handler>
    struct WaitingFor;

    Executor executor_;
    std::unique_ptr<Waiting> waiting_;
    bool is_set_ = false;
};

}  // namespace sluice
