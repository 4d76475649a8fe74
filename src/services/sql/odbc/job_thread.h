#pragma once
/// A thread for calls that block, and the way back to the shard. Each connection has its own: one
/// that hangs delays nobody else, and neither the shard nor the end of the process waits for it.

#include <condition_variable>
#include <cstdint>
#include <deque>
#include <functional>
#include <map>
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

/// Lets threads tell a shard that they are done, which may be gone by then. What waits on the shard
/// stays there: a thread that comes too late holds nothing of it.
class ShardDoor : public std::enable_shared_from_this<ShardDoor> {
public:
    explicit ShardDoor(Executor shard) : shard_(shard) {}

    /// What is to run on the shard when a thread rings. On the shard.
    std::uint64_t expect(std::function<void()> job);
    /// Nothing happens once the shard is gone. Threads: any.
    void ring(std::uint64_t number);
    /// On the shard, before it goes.
    void close();

private:
    void answer(std::uint64_t number);

    std::mutex mutex_;
    Executor shard_;
    bool is_closed_ = false;
    /// Of the shard.
    std::uint64_t last_ = 0;
    std::map<std::uint64_t, std::function<void()>> expected_;
};
using ShardDoorRef = std::shared_ptr<ShardDoor>;

}  // namespace sluice::services::sql
