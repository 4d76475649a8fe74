#include "services/sql/odbc/pool.h"

#include <optional>
#include <thread>
#include <utility>

#include "services/sql/odbc/connection_string.h"
#include "services/sql/odbc/error.h"

namespace sluice::services::sql {
namespace {

/// What drivers do not bound by themselves ends here, for whoever waits.
constexpr auto kConnectTime = std::chrono::seconds(15);
/// How long a driver may take to be rid of what nobody wants any more.
constexpr auto kLetGoTime = std::chrono::milliseconds(20);
/// How long a statement that was asked to stop may take to do so.
constexpr auto kStopTime = std::chrono::seconds(1);

using Count = std::shared_ptr<std::atomic<std::size_t>>;

/// Counts a connection until the last of it is gone, on whichever thread.
class Counted {
public:
    explicit Counted(Count count) : count_(std::move(count)) { ++*count_; }
    ~Counted() { --*count_; }
    Counted(const Counted&) = delete;
    Counted& operator=(const Counted&) = delete;

private:
    Count count_;
};

/// What becomes of an attempt to connect: written by its thread before it rings.
struct Opened {
    Result<std::shared_ptr<OdbcLink>> link = nullptr;
};

/// A connection on its way, on the shard.
struct Attempt {
    explicit Attempt(Executor shard) : done(shard) {}
    bool is_given_up = false;
    Signal done;
};

Result<std::shared_ptr<OdbcLink>> open(const OdbcSettings& settings) {
    try {
        return OdbcLink::open(settings);
    } catch (const std::exception& thrown) {
        return fail(Error(ErrorKind::ServiceUnavailable, "The database cannot be reached.")
                        .with_detail(thrown.what()));
    }
}

/// Outlives a pool that goes away meanwhile.
Task<Result<OdbcConnectionRef>> connect(std::shared_ptr<const OdbcSettings> settings,
                                        OdbcGreeting greeting,
                                        Executor shard,
                                        ShardDoorRef door,
                                        Count alive,
                                        std::size_t most) {
    const auto thread = *alive < most ? JobThread::start() : nullptr;
    if (!thread) {
        co_return fail(Error(ErrorKind::ServiceUnavailable,
                             "Too many connections to the database do not answer."));
    }
    const auto attempt = std::make_shared<Attempt>(shard);
    const auto opened = std::make_shared<Opened>();
    const auto counted = std::make_shared<Counted>(alive);
    const std::uint64_t number = door->expect([attempt, opened, thread, counted] {
        if (attempt->is_given_up) {  // saying good-bye blocks, too
            thread->post([late = std::move(opened->link)] {});
            opened->link = nullptr;
            return;
        }
        attempt->done.set();
    });
    thread->post([opened, settings, door, counted, thread, number] {
        opened->link = open(*settings);
        door->ring(number);
    });
    const bool is_done = co_await attempt->done.wait_until(Deadline::after(kConnectTime));
    if (!is_done) {
        attempt->is_given_up = true;
        co_return fail(answered_too_late());
    }
    if (!opened->link) {
        co_return fail(opened->link.error());
    }
    const std::shared_ptr<OdbcLink> link = std::move(*opened->link);
    opened->link = nullptr;
    greeting(link->facts());
    co_return std::make_shared<OdbcConnection>(thread, link, door, counted);
}

/// The rows of a command whose caller has gone away are dropped.
class Abandon {
public:
    explicit Abandon(OdbcCommandRef command) : command_(std::move(command)) {}
    ~Abandon() {
        const std::lock_guard lock(command_->work->mutex);
        command_->work->sink = nullptr;
    }
    Abandon(const Abandon&) = delete;
    Abandon& operator=(const Abandon&) = delete;

private:
    OdbcCommandRef command_;
};

/// Until the deadline and a bit, so that the server's own clock comes first; 0: none.
unsigned long seconds_until(Deadline deadline) {
    const auto left = deadline.at() - Deadline::Clock::now();
    constexpr auto kMost = std::chrono::hours(24);
    if (left > kMost) {
        return 0;
    }
    const auto seconds = std::chrono::ceil<std::chrono::seconds>(left).count();
    return static_cast<unsigned long>(std::max<long>(seconds, 0)) + 1;
}

}  // namespace

OdbcPool::OdbcPool(OdbcSettings settings, std::size_t most, OdbcGreeting greeting, Executor shard)
    : settings_(std::make_shared<const OdbcSettings>(std::move(settings))),
      shard_(shard),
      most_(most),
      door_(std::make_shared<ShardDoor>(shard)),
      alive_(std::make_shared<std::atomic<std::size_t>>(0)),
      opener_(shard,
              [known = settings_,
               greeting = std::move(greeting),
               shard,
               door = door_,
               alive = alive_,
               most = 2 * most + 2](const std::string&) {
                  return connect(known, greeting, shard, door, alive, most);
              }),
      lent_(shard, most, opener_, "") {}

OdbcPool::~OdbcPool() {
    door_->close();
}

Task<Status> OdbcPool::run(OdbcConnectionRef connection,
                           OdbcCommandRef command,
                           Deadline deadline) {
    const Abandon abandon(command);
    command->work->seconds = seconds_until(deadline);
    connection->send(command);
    if (!command->is_over) {
        const bool is_done = co_await command->done.wait_until(deadline);
        if (!is_done && !command->is_over) {
            canceller_.start([link = connection->link()] { link->cancel(); });
            co_await command->done.wait_until(Deadline::after(kStopTime));
        }
        if (!is_done) {
            connection->close();
        }
        if (!is_done || !command->is_over) {
            co_return fail(ErrorKind::UpstreamTimeout,
                           "The database did not answer in time; whether the change was made is "
                           "not known.");
        }
    }
    if (command->work->failure) {
        co_return fail(*command->work->failure);
    }
    co_return Status();
}

void OdbcPool::abandon(OdbcConnection& connection) {
    if (flavor().reads_to_the_end && connection.link()) {
        // Its thread is at it then, which is when the driver asks the database to stop.
        canceller_.start([link = connection.link()] {
            std::this_thread::sleep_for(kLetGoTime);
            link->cancel();
        });
    }
    connection.close();
}

Task<Status> OdbcPool::run(OdbcConnectionRef connection, std::string text, Deadline deadline) {
    auto command = std::make_shared<OdbcCommand>(shard_);
    command->work->statement.text = std::move(text);
    co_return co_await run(std::move(connection), std::move(command), deadline);
}

}  // namespace sluice::services::sql
