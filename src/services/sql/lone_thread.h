#pragma once
/// Work that may block for minutes and that nobody waits for: asking a database to stop something,
/// over a network that may drop every packet.

#include <atomic>
#include <exception>
#include <memory>
#include <thread>
#include <utility>

namespace sluice::services::sql {

/// One piece of work at a time, on a thread of its own: no thread of a pool, which is joined when
/// the server stops. The work must own all that it touches. Threads: any.
class LoneThread {
public:
    /// False when the last one is still at it, or there is no thread to be had. What the work
    /// throws is dropped.
    template <typename Work>
    bool start(Work work) {
        if (is_busy_->exchange(true)) {
            return false;
        }
        try {
            std::thread(&LoneThread::run<Work>, std::move(work), is_busy_).detach();
        } catch (const std::exception&) {
            is_busy_->store(false);
            return false;
        }
        return true;
    }

private:
    using Flag = std::shared_ptr<std::atomic<bool>>;

    template <typename Work>
    static void run(const Work& work, const Flag& is_busy) {
        try {
            work();
        } catch (...) {  // nobody waits to hear of it
        }
        is_busy->store(false);
    }

    Flag is_busy_ = std::make_shared<std::atomic<bool>>(false);
};

}  // namespace sluice::services::sql
