#pragma once
/// Work that may block for minutes and that nobody waits for: asking a database to stop something,
/// over a network that may drop every packet.

#include <atomic>
#include <memory>
#include <thread>
#include <utility>

namespace sluice::services::sql {

/// One piece of work at a time, on a thread of its own: no thread of a pool, which is joined when
/// the server stops. The work must own all that it touches. Threads: any.
class LoneThread {
public:
    /// False when the last one is still at it.
    template <typename Work>
    bool start(Work work) {
        if (is_busy_->exchange(true)) {
            return false;
        }
        std::thread([work = std::move(work), is_busy = is_busy_] {
            work();
            is_busy->store(false);
        }).detach();
        return true;
    }

private:
    std::shared_ptr<std::atomic<bool>> is_busy_ = std::make_shared<std::atomic<bool>>(false);
};

}  // namespace sluice::services::sql
