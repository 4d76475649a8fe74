#include "services/sql/sqlite/driver.h"

#include <boost/asio/post.hpp>

#include "core/blocking.h"
#include "services/sql/sqlite/cursor.h"
#include "services/sql/step_writer.h"

namespace sluice::services::sql {
namespace {

using Clock = Deadline::Clock;

/// How long one read may hold up its shard.
constexpr auto kInlineTime = std::chrono::milliseconds(5);
/// A read that the pool finishes in this time would have done on the shard.
constexpr auto kQuickTime = std::chrono::milliseconds(1);
constexpr int kQuickRunsToTrust = 8;
constexpr std::size_t kMaxSlowStatements = 1024;
/// Connections of one shard on the pool.
constexpr std::size_t kPoolConnections = 4;
/// Besides: those of reads that last as long as their client takes.
constexpr std::size_t kCursors = 4;
/// A thread of the pool waits this long for the lock of another process; the rest is waited on the
/// shard, where it costs nothing.
constexpr auto kLockPatience = std::chrono::milliseconds(10);
constexpr auto kLockPause = std::chrono::milliseconds(50);
constexpr auto kRetryPause = std::chrono::milliseconds(500);

constexpr TransactionWords kSqliteWords{
    "BEGIN IMMEDIATE",       "COMMIT",           "ROLLBACK", "SAVEPOINT",
    "ROLLBACK TO SAVEPOINT", "RELEASE SAVEPOINT"};

Error too_late() {
    return Error(ErrorKind::UpstreamTimeout, "The database did not answer in time.");
}

Error over() {
    return Error(ErrorKind::UpstreamTimeout, "The transaction took too long and was undone.");
}

/// SQLite rolls back by itself after some failures. What ran after it would be committed at once.
Error undone() {
    return Error(ErrorKind::Conflict,
                 "The database has undone the transaction after an earlier failure.");
}

/// One step of a transaction, and the place where it is waited for.
struct Step {
    explicit Step(Executor shard_) : shard(shard_), done(shard_) {}
    Executor shard;
    Status status;
    Signal done;
};
using StepRef = std::shared_ptr<Step>;

void finish(StepRef step) {
    const Executor shard = step->shard;
    boost::asio::post(shard, [step = std::move(step)] { step->done.set(); });
}

struct Opened {
    std::shared_ptr<SqliteFile> file;
    std::unique_ptr<SqliteConnection> reader;
};

class SqliteTransaction : public Transaction {
public:
    SqliteTransaction(std::shared_ptr<SqliteFile> file,
                      std::shared_ptr<HeldWriter> held,
                      Executor shard)
        : file_(std::move(file)), held_(std::move(held)), shard_(shard) {}

    ~SqliteTransaction() override {
        file_->step(
            *held_, [](SqliteConnection&) {}, true);  // what is not committed is rolled back
    }
    SqliteTransaction(const SqliteTransaction&) = delete;
    SqliteTransaction& operator=(const SqliteTransaction&) = delete;

    Task<Status> read(const Statement& statement, RowSink& sink, Deadline deadline) override {
        auto step = std::make_shared<Step>(shard_);
        const bool is_open = file_->step(
            *held_,
            [step, &statement, &sink, deadline](SqliteConnection& connection) mutable {
                step->status = connection.is_in_transaction()
                                   ? connection.run(statement, sink, deadline.at())
                                   : Status(fail(undone()));
                finish(std::move(step));
            },
            false);
        if (!is_open) {
            co_return fail(over());
        }
        co_await step->done.wait_until(Deadline());
        co_return step->status;
    }

    Task<Result<std::vector<Written>>> write(Writes writes, Deadline deadline) override {
        if (writes.replaces_table) {
            co_return fail(ErrorKind::NotImplemented,
                           "A table cannot be changed in this way within a transaction.");
        }
        auto step = std::make_shared<Step>(shard_);
        auto job = std::make_shared<WriteJob>(shard_, deadline);
        job->writes = std::move(writes);
        const bool is_open = file_->step(
            *held_,
            [step, job, file = file_.get()](SqliteConnection& connection) mutable {
                if (connection.is_in_transaction()) {
                    file->run_job(*job, true);
                } else {
                    job->failure = undone();
                }
                finish(std::move(step));
            },
            false);
        if (!is_open) {
            co_return fail(over());
        }
        co_await step->done.wait_until(Deadline());
        if (job->failure) {
            co_return fail(*job->failure);
        }
        co_return std::move(job->written);
    }

    Task<Status> mark(Mark what, int number, Deadline deadline) override {
        for (std::string& command : commands_of(kSqliteWords, what, number)) {
            CO_CHECK(co_await run(std::move(command), deadline, false));
        }
        co_return Status();
    }

    Task<Status> commit(Deadline deadline) override { return run("COMMIT", deadline, true); }
    Task<Status> rollback() override { return run("ROLLBACK", Deadline(), true); }

private:
    Task<Status> run(std::string command, Deadline deadline, bool is_last) {
        auto step = std::make_shared<Step>(shard_);
        const bool is_open = file_->step(
            *held_,
            [step, command = std::move(command), deadline](SqliteConnection& connection) mutable {
                step->status = connection.is_in_transaction()
                                   ? connection.run(command.c_str(), deadline.at())
                                   : Status(fail(undone()));
                finish(std::move(step));
            },
            is_last);
        if (!is_open) {
            co_return fail(over());
        }
        co_await step->done.wait_until(Deadline());
        co_return step->status;
    }

    std::shared_ptr<SqliteFile> file_;
    std::shared_ptr<HeldWriter> held_;
    Executor shard_;
};

}  // namespace

SqliteDatabase::SqliteDatabase(SqliteFiles& files,
                               SqliteSettings settings,
                               Executor shard,
                               boost::asio::thread_pool& pool)
    : files_(files),
      settings_(std::move(settings)),
      epoch_(files.epoch_of(settings_.path)),
      shard_(shard),
      pool_(pool),
      opening_(shard, 1),
      pool_gate_(shard, kPoolConnections),
      cursor_gate_(shard, kCursors) {}

Task<Status> SqliteDatabase::open(Deadline deadline) {
    const bool is_in = co_await opening_.enter(deadline);
    if (!is_in) {
        co_return fail(too_late());
    }
    Status status;
    if (!reader_) {
        status = co_await try_to_open(deadline);
    }
    opening_.leave();
    co_return status;
}

Task<Status> SqliteDatabase::try_to_open(Deadline deadline) {
    if (last_failure_ && Clock::now() < retry_at_) {
        co_return fail(*last_failure_);
    }
    const auto attempt = [&files = files_, settings = settings_]() -> Result<Opened> {
        SLUICE_TRY(auto file, files.open(settings, kLockPatience));
        SLUICE_TRY(auto reader, SqliteConnection::open(settings, false, kLockPatience));
        return Opened{std::move(file), std::move(reader)};
    };
    const Deadline lock_until = Deadline::after(settings_.busy_timeout);
    while (true) {
        auto opened = co_await on_pool(pool_, attempt);
        if (opened) {
            file_ = std::move(opened->file);
            reader_ = std::move(opened->reader);
            last_failure_.reset();
            co_return Status();
        }
        const Error& error = opened.error();
        const bool is_locked = error.kind() == ErrorKind::UpstreamTimeout;
        if (!is_locked || lock_until.has_passed()) {
            last_failure_ =
                Error(is_locked ? ErrorKind::ServiceUnavailable : error.kind(), error.message())
                    .with_detail(error.detail());
            retry_at_ = Clock::now() + kRetryPause;
            co_return fail(*last_failure_);
        }
        if (deadline.has_passed()) {
            co_return fail(too_late());  // who has more time may go on
        }
        co_await sleep_for(kLockPause);
    }
}

Task<Status> SqliteDatabase::read(const Statement& statement, RowSink& sink, Deadline deadline) {
    if (!reader_) {
        CO_CHECK(co_await open(deadline));
    }
    if (slow_.contains(statement.text)) {
        co_return co_await read_on_pool(statement, sink, deadline);
    }
    const Deadline budget = deadline.within(kInlineTime);
    Status status = reader_->run(statement, sink, budget.at());
    if (status || !reader_->was_interrupted()) {
        co_return status;
    }
    remember_slow(statement.text);
    sink.reset();
    co_return co_await read_on_pool(statement, sink, deadline);
}

void SqliteDatabase::remember_slow(const std::string& text) {
    if (slow_.size() >= kMaxSlowStatements) {
        slow_.clear();
    }
    slow_[text] = kQuickRunsToTrust;
}

std::unique_ptr<SqliteConnection> SqliteDatabase::idle_connection() {
    if (pool_connections_.empty()) {
        return nullptr;
    }
    auto connection = std::move(pool_connections_.back());
    pool_connections_.pop_back();
    return connection;
}

Task<Result<CursorRef>> SqliteDatabase::open_cursor(Statement statement, Deadline deadline) {
    if (!file_) {
        CO_CHECK(co_await open(deadline));
    }
    const bool is_in = co_await cursor_gate_.enter(deadline);
    if (!is_in) {
        co_return fail(ErrorKind::ServiceUnavailable, "Too many long lists are being read.");
    }
    GatePlace place(&cursor_gate_);
    auto connection = idle_connection();
    if (!connection) {
        const auto work = [file = file_.get()] {
            const SqliteSettings& settings = file->settings();
            return SqliteConnection::open(settings, false, settings.busy_timeout);
        };
        CO_TRY(connection, co_await on_pool(pool_, work));
    }
    const auto give_back = [this](std::unique_ptr<SqliteConnection> idle) {
        if (pool_connections_.size() < kPoolConnections) {
            pool_connections_.push_back(std::move(idle));
        }
    };
    co_return std::make_unique<SqliteCursor>(std::move(connection), std::move(statement),
                                             std::move(place), pool_, give_back);
}

Task<Status> SqliteDatabase::read_on_pool(const Statement& statement,
                                          RowSink& sink,
                                          Deadline deadline) {
    const bool is_in = co_await pool_gate_.enter(deadline);
    if (!is_in) {
        co_return fail(too_late());
    }
    std::unique_ptr<SqliteConnection> connection = idle_connection();
    const auto start = Clock::now();
    const auto work = [&connection, &statement, &sink, deadline, file = file_.get()]() -> Status {
        if (!connection) {
            const SqliteSettings& settings = file->settings();
            SLUICE_TRY(connection, SqliteConnection::open(settings, false, settings.busy_timeout));
        }
        return connection->run(statement, sink, deadline.at());
    };
    Status status = co_await on_pool(pool_, work);
    if (connection) {
        pool_connections_.push_back(std::move(connection));
    }
    pool_gate_.leave();
    const auto found = slow_.find(statement.text);
    if (found != slow_.end()) {
        const bool is_quick = Clock::now() - start < kQuickTime;
        found->second = is_quick ? found->second - 1 : kQuickRunsToTrust;
        if (found->second <= 0) {
            slow_.erase(found);
        }
    }
    co_return status;
}

Task<Result<std::vector<Written>>> SqliteDatabase::write(Writes writes, Deadline deadline) {
    if (!file_) {
        CO_CHECK(co_await open(deadline));
    }
    const auto job = std::make_shared<WriteJob>(shard_, deadline);
    job->writes = std::move(writes);
    CO_CHECK(file_->submit(job));
    // The writer keeps the deadline itself: it alone knows whether the write has happened.
    co_await job->done.wait_until(Deadline());
    if (job->failure) {
        co_return fail(*job->failure);
    }
    co_return std::move(job->written);
}

Task<Result<std::unique_ptr<Transaction>>> SqliteDatabase::begin(Deadline deadline,
                                                                 Deadline until) {
    if (!file_) {
        CO_CHECK(co_await open(deadline));
    }
    const auto job = std::make_shared<WriteJob>(shard_, deadline);
    job->held = std::make_shared<HeldWriter>();
    job->held->until = until;
    const std::shared_ptr<HeldWriter> held = job->held;
    CO_CHECK(file_->submit(job));
    co_await job->done.wait_until(Deadline());
    if (job->failure) {
        co_return fail(*job->failure);
    }
    co_return std::make_unique<SqliteTransaction>(file_, held, shard_);
}

}  // namespace sluice::services::sql
