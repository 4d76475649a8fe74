#pragma once
/// One ODBC connection as its shard sees it: a thread of its own does what blocks.

#include <memory>
#include <string>

#include "core/async.h"
#include "core/deadline.h"
#include "services/sql/odbc/job_thread.h"
#include "services/sql/odbc/link.h"

namespace sluice::services::sql {

/// One statement on its way.
struct OdbcCommand {
    explicit OdbcCommand(Executor shard) : done(shard) {}

    /// Shared with the connection's thread, which may outlive all else.
    std::shared_ptr<OdbcWork> work = std::make_shared<OdbcWork>();
    /// Of the shard.
    bool is_over = false;
    Signal done;
};
using OdbcCommandRef = std::shared_ptr<OdbcCommand>;

/// Threads: one shard.
class OdbcConnection {
public:
    /// `counted` goes away once the last of the connection has.
    OdbcConnection(std::shared_ptr<JobThread> thread,
                   std::shared_ptr<OdbcLink> link,
                   ShardDoorRef door,
                   std::shared_ptr<void> counted)
        : thread_(std::move(thread)),
          link_(std::move(link)),
          door_(std::move(door)),
          counted_(std::move(counted)) {}
    ~OdbcConnection() { close(); }
    OdbcConnection(const OdbcConnection&) = delete;
    OdbcConnection& operator=(const OdbcConnection&) = delete;

    /// `command->done` is set when it is over. Nothing else may run meanwhile.
    void send(const OdbcCommandRef& command);
    /// To be called where it may block.
    std::shared_ptr<OdbcLink> link() const { return link_; }

    bool is_broken() const {
        return is_broken_ || (is_idle() && running_ && running_->work->is_lost);
    }
    bool is_at_rest() const { return is_idle() && !is_broken(); }
    bool is_usable() const { return is_at_rest(); }
    /// Nothing has run on it for a while: the database may have closed it meanwhile.
    bool is_stale() const { return Deadline::Clock::now() - last_use_ > kFreshTime; }
    void close();

private:
    static constexpr std::chrono::seconds kFreshTime{2};

    bool is_idle() const { return !running_ || running_->is_over; }

    std::shared_ptr<JobThread> thread_;
    std::shared_ptr<OdbcLink> link_;
    ShardDoorRef door_;
    std::shared_ptr<void> counted_;
    /// The last one.
    OdbcCommandRef running_;
    bool is_broken_ = false;
    Deadline::Clock::time_point last_use_ = Deadline::Clock::now();
};
using OdbcConnectionRef = std::shared_ptr<OdbcConnection>;

}  // namespace sluice::services::sql
