#include "services/sql/mysql/pool.h"

#include <boost/asio/thread_pool.hpp>

#include "core/blocking.h"

namespace sluice::services::sql {
namespace {

constexpr unsigned kConnectSeconds = 5;
/// How long a statement that was asked to stop may take to do so.
constexpr auto kStopTime = std::chrono::seconds(1);

/// Outlives a pool that goes away meanwhile.
Task<Result<MysqlConnectionRef>> connect(std::shared_ptr<const MysqlSettings> settings,
                                         std::shared_ptr<MysqlFacts> facts,
                                         Executor shard,
                                         boost::asio::thread_pool& pool) {
    const auto work = [settings] { return connect_mysql(*settings, kConnectSeconds); };
    CO_TRY(auto handle, co_await on_pool(pool, work));
    *facts = facts_of(handle.get(), *settings);
    co_return std::make_shared<MysqlConnection>(std::move(handle), shard);
}

/// The rows of a command whose caller has gone away are dropped.
class Abandon {
public:
    explicit Abandon(MysqlCommandRef command) : command_(std::move(command)) {}
    ~Abandon() { command_->sink = nullptr; }
    Abandon(const Abandon&) = delete;
    Abandon& operator=(const Abandon&) = delete;

private:
    MysqlCommandRef command_;
};

}  // namespace

MysqlPool::MysqlPool(MysqlSettings settings,
                     std::size_t most,
                     std::shared_ptr<MysqlFacts> facts,
                     Executor shard,
                     boost::asio::thread_pool& pool)
    : settings_(std::make_shared<const MysqlSettings>(std::move(settings))),
      shard_(shard),
      most_(most),
      opener_(shard,
              [known = settings_, facts = std::move(facts), shard, &pool](const std::string&) {
                  return connect(known, facts, shard, pool);
              }),
      lent_(shard, most, opener_, "") {}

void MysqlPool::stop(const MysqlConnection& connection) {
    killer_.start(
        [settings = settings_, thread = connection.thread_id()] { kill_query(*settings, thread); });
}

Task<Status> MysqlPool::run(MysqlConnectionRef connection,
                            MysqlCommandRef command,
                            Deadline deadline) {
    connection->send(command);
    co_return co_await wait(std::move(connection), std::move(command), deadline);
}

Task<Status> MysqlPool::wait(MysqlConnectionRef connection,
                             MysqlCommandRef command,
                             Deadline deadline) {
    const Abandon abandon(command);
    bool is_done = command->is_over;
    if (!is_done) {
        is_done = co_await command->done.wait_until(deadline);
        if (!is_done && !command->is_over) {
            stop(*connection);
            co_await command->done.wait_until(Deadline::after(kStopTime));
        }
        if (!is_done) {
            connection->close();
        }
    }
    if (command->is_cut_short) {
        stop(*connection);
    }
    if (!is_done && !command->is_over) {
        co_return fail(ErrorKind::UpstreamTimeout,
                       "The database did not answer in time; whether the change was made is not "
                       "known.");
    }
    if (command->failure) {
        co_return fail(*command->failure);
    }
    co_return Status();
}

Task<Status> MysqlPool::run(MysqlConnectionRef connection, std::string text, Deadline deadline) {
    auto command = std::make_shared<MysqlCommand>(shard_);
    command->text = std::move(text);
    command->is_plain = true;
    co_return co_await run(std::move(connection), std::move(command), deadline);
}

}  // namespace sluice::services::sql
