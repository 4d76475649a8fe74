#pragma once
/// A thread for calls that block, and the way back to the shard. Each connection has its own: one
/// that hangs delays nobody else, and neither the shard nor the end of the process waits for it.

#include <atomic>
#include <condition_variable>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>

#include "core/task.h"

namespace sluice::services::sql {

/// Runs jobs one after the other. They must own what they touch. Threads: any.
class JobThread {
public:
    using Job = std::function<void()>;

    JobThread() = default;
    ~JobThread() { end(); }
    JobThread(const JobThread&) = delete;
    JobThread& operator=(const JobThread&) = delete;

    /// Null when there is no thread to be had.
    static std::shared_ptr<JobThread> start();
    void post(Job job);
    /// After the jobs that are waiting; none may follow. What they captured goes away on the
    /// thread.
    void end();

private:
    struct Line {
        std::mutex mutex;
        std::condition_variable wake;
        std::deque<Job> jobs;
        bool is_over = false;
    };
    static void run(const std::shared_ptr<Line>& line);

    std::shared_ptr<Line> line_ = std::make_shared<Line>();
};

/// Says things to a shard that may be gone by then. Threads: any, but for `close`.
class ShardDoor {
public:
    explicit ShardDoor(Executor shard) : shard_(shard) {}

    /// Dropped when the shard is gone.
    void post(std::function<void()> job);
    /// On the shard, before it goes.
    void close();

private:
    std::mutex mutex_;
    Executor shard_;
    bool is_closed_ = false;
};
using ShardDoorRef = std::shared_ptr<ShardDoor>;

}  // namespace sluice::services::sql
