#include "services/sql/odbc/job_thread.h"

#include <exception>
#include <thread>
#include <utility>

#include <boost/asio/post.hpp>

namespace sluice::services::sql {

std::shared_ptr<JobThread> JobThread::start() {
    auto made = std::make_shared<JobThread>();
    try {
        std::thread(&JobThread::run, made->line_).detach();
    } catch (const std::exception&) {
        return nullptr;
    }
    return made;
}

void JobThread::post(Job job) {
    {
        const std::lock_guard lock(line_->mutex);
        line_->jobs.push_back(std::move(job));
    }
    line_->wake.notify_one();
}

void JobThread::end() {
    {
        const std::lock_guard lock(line_->mutex);
        line_->is_over = true;
    }
    line_->wake.notify_one();
}

void JobThread::run(const std::shared_ptr<Line>& line) {
    while (true) {
        Job job;
        {
            std::unique_lock lock(line->mutex);
            while (line->jobs.empty() && !line->is_over) {
                line->wake.wait(lock);
            }
            if (line->jobs.empty()) {
                return;
            }
            job = std::move(line->jobs.front());
            line->jobs.pop_front();
        }
        try {
            job();
        } catch (...) {  // jobs report for themselves; what is left is want of memory
        }
    }
}

std::uint64_t ShardDoor::expect(std::function<void()> job) {
    expected_.emplace(++last_, std::move(job));
    return last_;
}

void ShardDoor::answer(std::uint64_t number) {
    const auto job = expected_.extract(number);
    if (job) {
        job.mapped()();
    }
}

void ShardDoor::ring(std::uint64_t number) {
    const std::lock_guard lock(mutex_);
    if (!is_closed_) {
        boost::asio::post(shard_, [self = shared_from_this(), number] { self->answer(number); });
    }
}

void ShardDoor::close() {
    expected_.clear();
    const std::lock_guard lock(mutex_);
    is_closed_ = true;
}

}  // namespace sluice::services::sql
