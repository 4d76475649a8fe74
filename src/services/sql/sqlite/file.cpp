#include "services/sql/sqlite/file.h"

#include <algorithm>
#include <filesystem>

#include <boost/asio/post.hpp>

namespace sluice::services::sql {
namespace {

/// Jobs that share a commit. More would not save much of a sync and would make the first wait.
constexpr std::size_t kMaxTogether = 128;
/// Jobs that wait at most: beyond, callers are better told at once.
constexpr std::size_t kMaxWaiting = 10'000;

constexpr const char* kRollback = "ROLLBACK";

Error too_late() {
    return Error(ErrorKind::UpstreamTimeout, "The database did not answer in time.");
}

SqliteConnection::Time until_of(const WriteJob& job) {
    return job.deadline.at();
}

std::string canonical(const std::string& path) {
    std::error_code code;
    const auto found = std::filesystem::weakly_canonical(path, code);
    return code ? path : found.string();
}

}  // namespace

std::shared_ptr<SqliteFile> SqliteFile::start(SqliteSettings settings,
                                              EpochRef epoch,
                                              std::unique_ptr<SqliteConnection> connection) {
    return std::shared_ptr<SqliteFile>(
        new SqliteFile(std::move(settings), std::move(epoch), std::move(connection)));
}

SqliteFile::SqliteFile(SqliteSettings settings,
                       EpochRef epoch,
                       std::unique_ptr<SqliteConnection> connection)
    : settings_(std::move(settings)),
      connection_(std::move(connection)),
      schema_epoch_(std::move(epoch)),
      thread_([this] { run(); }) {}

SqliteFile::~SqliteFile() {
    stop();
}

void SqliteFile::stop() {
    {
        const std::lock_guard lock(mutex_);
        stops_ = true;
    }
    wake_.notify_all();
    std::call_once(joined_, [this] { thread_.join(); });
}

Status SqliteFile::submit(WriteJobRef job) {
    {
        const std::lock_guard lock(mutex_);
        if (stops_) {
            return fail(ErrorKind::ServiceUnavailable, "The server is stopping.");
        }
        if (waiting_.size() >= kMaxWaiting) {
            return fail(ErrorKind::ServiceUnavailable, "The database is busy.");
        }
        waiting_.push_back(std::move(job));
    }
    wake_.notify_one();
    return {};
}

bool SqliteFile::step(HeldWriter& held, std::function<void(SqliteConnection&)> work, bool is_last) {
    {
        const std::lock_guard lock(mutex_);
        if (held.is_over) {
            return false;
        }
        held.steps.push_back(std::move(work));
        held.is_over = is_last;
    }
    wake_.notify_all();
    return true;
}

void SqliteFile::finish(WriteJobRef job) {
    const Executor shard = job->shard;
    // The shard drops the last reference, never this thread: a timer belongs to its loop.
    boost::asio::post(shard, [job = std::move(job)] { job->done.set(); });
}

void SqliteFile::run() {
    std::unique_lock lock(mutex_);
    while (true) {
        wake_.wait(lock, [this] { return stops_ || !waiting_.empty(); });
        if (waiting_.empty()) {
            return;
        }
        std::vector<WriteJobRef> jobs;
        while (!waiting_.empty() && jobs.size() < kMaxTogether) {
            const WriteJob& next = *waiting_.front();
            const bool is_alone = next.held != nullptr || next.writes.replaces_table;
            if (is_alone && !jobs.empty()) {
                break;
            }
            jobs.push_back(std::move(waiting_.front()));
            waiting_.pop_front();
            if (is_alone) {
                break;
            }
        }
        lock.unlock();
        if (jobs.front()->held) {
            serve(std::move(jobs.front()));
        } else if (jobs.front()->writes.replaces_table) {
            replace_table(std::move(jobs.front()));
        } else {
            commit_together(std::move(jobs));
        }
        lock.lock();
    }
}

void SqliteFile::commit_together(std::vector<WriteJobRef> jobs) {
    std::erase_if(jobs, [](WriteJobRef& job) {
        if (!job->deadline.has_passed()) {
            return false;
        }
        job->failure = too_late();
        finish(std::move(job));
        return true;
    });
    // A statement cut short takes the whole transaction with it: without it, the rest runs again.
    while (!jobs.empty() && !run_all(jobs)) {
    }
}

/// Records that refer to nothing. A key that fits no table counts as none: it was so before.
Result<std::size_t> SqliteFile::broken_references(SqliteConnection::Time until) {
    RowList rows;
    const Statement count{"SELECT COUNT(*) FROM pragma_foreign_key_check", {}};
    SLUICE_CHECK(connection_->run(count, rows, until));
    return static_cast<std::size_t>(integer_of(rows.rows().front()[0]));
}

Status SqliteFile::change_unbroken(WriteJob& job) {
    const auto until = until_of(job);
    SLUICE_CHECK(connection_->run("BEGIN IMMEDIATE", until));
    const auto before = broken_references(until);
    run_job(job, false);
    if (job.failure || job.written.empty() || !job.written.back()) {
        return {};
    }
    const auto after = broken_references(until);
    if (before && (!after || *after > *before)) {
        return fail(ErrorKind::Conflict,
                    "Foreign keys would no longer hold after this change of the table.");
    }
    return connection_->run("COMMIT");
}

void SqliteFile::replace_table(WriteJobRef job) {
    connection_->replace_tables(true);
    if (auto status = change_unbroken(*job); !status) {
        job->failure = status.error();
    }
    if (connection_->is_in_transaction()) {
        static_cast<void>(connection_->run(kRollback));
    }
    connection_->replace_tables(false);
    finish(std::move(job));
}

/// False when a job was lost together with the transaction; it is no longer in `jobs` then.
bool SqliteFile::run_all(std::vector<WriteJobRef>& jobs) {
    const auto fail_all = [&jobs](const Error& error) {
        for (WriteJobRef& job : jobs) {
            job->failure = error;
            finish(std::move(job));
        }
        jobs.clear();
        return true;
    };
    const auto latest = std::ranges::max_element(
        jobs, {}, [](const WriteJobRef& job) { return job->deadline.at(); });
    if (auto begun = connection_->run("BEGIN IMMEDIATE", until_of(**latest)); !begun) {
        return fail_all(begun.error());
    }
    const bool needs_savepoints = jobs.size() > 1;
    for (auto job = jobs.begin(); job != jobs.end(); ++job) {
        (*job)->written.clear();
        (*job)->failure.reset();
        run_job(**job, needs_savepoints);
        if (!connection_->is_in_transaction()) {
            if (!(*job)->failure) {
                (*job)->failure = too_late();
            }
            finish(std::move(*job));
            jobs.erase(job);
            return false;
        }
    }
    if (auto committed = connection_->run("COMMIT"); !committed) {
        static_cast<void>(connection_->run(kRollback));
        return fail_all(committed.error());
    }
    for (WriteJobRef& job : jobs) {
        finish(std::move(job));
    }
    return true;
}

void SqliteFile::run_job(WriteJob& job, bool needs_savepoint) {
    const std::vector<Write>& writes = job.writes.writes;
    if (writes.empty()) {
        return;
    }
    const bool is_all_or_none = job.writes.mode == BatchMode::Rollback;
    const bool guards_each =
        !is_all_or_none &&
        (needs_savepoint || writes.size() > 1 || writes.front().returns_permission ||
         writes.front().may_return_many || writes.front().otherwise);
    const auto until = until_of(job);
    hold_nothing(writes);
    if (is_all_or_none) {
        static_cast<void>(connection_->run("SAVEPOINT job"));
    }
    for (const Write& write : writes) {
        if (guards_each) {
            static_cast<void>(connection_->run("SAVEPOINT one"));
        }
        const bool can_undo = guards_each || is_all_or_none;
        job.written.push_back(run_write(write, can_undo ? write.budget : nullptr, until));
        const bool has_failed = !job.written.back().has_value();
        if (!connection_->is_in_transaction()) {
            job.failure = job.written.back().error();
            return;
        }
        if (guards_each) {
            if (has_failed) {
                static_cast<void>(connection_->run("ROLLBACK TO one"));
            }
            static_cast<void>(connection_->run("RELEASE one"));
        }
        if (has_failed && job.writes.mode != BatchMode::Continue) {
            break;
        }
    }
    if (is_all_or_none) {
        if (!job.written.empty() && !job.written.back()) {
            static_cast<void>(connection_->run("ROLLBACK TO job"));
        }
        static_cast<void>(connection_->run("RELEASE job"));
    }
}

Written SqliteFile::run_steps(Steps& steps, SqliteConnection::Time until) {
    steps.start();
    while (const std::optional<Write> step = steps.next()) {
        Written written = run_write(*step, step->budget, until);
        if (!written) {
            return fail(steps.told(std::move(written).error()));
        }
        steps.take(std::move(*written));
    }
    return steps.answer();
}

Written SqliteFile::run_write(const Write& write,
                              std::shared_ptr<ByteBudget> budget,
                              SqliteConnection::Time until) {
    if (write.refusal) {
        return fail(*write.refusal);
    }
    if (write.steps) {
        return run_steps(*write.steps, until);
    }
    JsonRows rows(*write.shape, std::move(budget));
    Status status = connection_->run(write.statement, rows, until);
    if (status && touched_nothing(rows) && write.otherwise) {
        status = connection_->run(*write.otherwise, rows, until);
    }
    if (!status && connection_->broke_reference()) {
        return fail(about_references(write, std::move(status).error()));
    }
    return status ? judge(write, rows) : Written(fail(told(write, std::move(status).error())));
}

void SqliteFile::serve(WriteJobRef job) {
    const std::shared_ptr<HeldWriter> held = job->held;
    if (auto begun = connection_->run("BEGIN IMMEDIATE", job->deadline.at()); !begun) {
        job->failure = begun.error();
        finish(std::move(job));
        return;
    }
    finish(std::move(job));
    std::unique_lock lock(mutex_);
    while (true) {
        const auto has_work = [&] { return stops_ || held->is_over || !held->steps.empty(); };
        if (held->until.is_set()) {
            wake_.wait_until(lock, held->until.at(), has_work);
        } else {
            wake_.wait(lock, has_work);
        }
        if (held->steps.empty()) {  // over, too late, or the server stops
            held->is_over = true;
            break;
        }
        const auto work = std::move(held->steps.front());
        held->steps.pop_front();
        lock.unlock();
        work(*connection_);
        lock.lock();
    }
    lock.unlock();
    if (connection_->is_in_transaction()) {
        static_cast<void>(connection_->run(kRollback));
    }
}

EpochRef SqliteFiles::epoch_of(const std::string& path) {
    return epochs_.of(canonical(path));
}

std::shared_ptr<SqliteFile> SqliteFiles::find(const std::string& key,
                                              const SqliteSettings& wanted) {
    std::erase_if(files_, [](const auto& entry) { return entry.second.file.expired(); });
    const auto [first, last] = files_.equal_range(key);
    for (auto found = first; found != last; ++found) {
        if (found->second.settings != wanted) {
            continue;
        }
        if (auto file = found->second.file.lock()) {
            return file;
        }
    }
    return nullptr;
}

Result<std::shared_ptr<SqliteFile>> SqliteFiles::open(const SqliteSettings& settings,
                                                      std::chrono::milliseconds patience) {
    const std::string key = canonical(settings.path);
    SqliteSettings wanted = settings;
    wanted.path = key;  // however it was spelled
    wanted.creates = false;
    {
        const std::lock_guard lock(mutex_);
        if (auto file = find(key, wanted)) {
            return file;
        }
    }
    SLUICE_TRY(auto connection, SqliteConnection::open(settings, true, patience));
    const std::lock_guard lock(mutex_);
    if (stops_) {
        return fail(ErrorKind::ServiceUnavailable, "The server is stopping.");
    }
    if (auto file = find(key, wanted)) {
        return file;  // another shard was faster
    }
    auto file = SqliteFile::start(settings, epochs_.of(key), std::move(connection));
    files_.emplace(key, Entry{std::move(wanted), file});
    return file;
}

void SqliteFiles::stop() {
    std::vector<std::shared_ptr<SqliteFile>> open;
    {
        const std::lock_guard lock(mutex_);
        stops_ = true;
        for (const auto& [path, entry] : files_) {
            if (auto file = entry.file.lock()) {
                open.push_back(std::move(file));
            }
        }
    }
    for (const auto& file : open) {
        file->stop();
    }
}

}  // namespace sluice::services::sql
