#pragma once
/// The server's own database: typed rows through one thread, and the current configuration as an
/// immutable snapshot. Tables: store/migrations/. Design: docs/adr/0006-system-database.md.

#include <atomic>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

#include "core/blocking.h"
#include "store/seed.h"
#include "store/snapshot.h"
#include "store/tables.h"

namespace sluice::store {

class Store {
public:
    /// Opens, migrates and, when new, seeds the database of `url`: `sqlite:PATH`.
    /// Errors: ServiceUnavailable, NotImplemented, BadRequest: one sentence for the operator.
    static Result<std::unique_ptr<Store>> open(const std::string& url);
    ~Store();

    /// The configuration as it is now. Threads: any.
    SnapshotRef snapshot() const;
    /// The revision of `snapshot()`, without taking it. Threads: any.
    std::uint64_t revision() const { return revision_.load(std::memory_order_acquire); }
    /// Grows when users, their roles or their sessions change. Threads: any.
    std::uint64_t identity_revision() const {
        return identity_revision_.load(std::memory_order_acquire);
    }
    const InstanceFacts& instance() const { return instance_; }

    /// Runs `work(Tables&)`, which only reads, on the store's thread.
    /// Shape: what `work` returns: a Result.
    template <typename Work>
    Task<std::invoke_result_t<Work, Tables&>> read(Work work) {
        auto run = [this, work = std::move(work)]() mutable {
            Changes changes;
            Tables tables(*database_, changes);
            return work(tables);
        };
        co_return co_await on_pool(thread_, std::move(run));
    }

    /// Runs `work(Tables&)` in a transaction on the store's thread; a failure undoes everything.
    /// When it returns, the change is on disk and `snapshot()` holds it.
    /// Shape: what `work` returns: a Result.
    template <typename Work>
    Task<std::invoke_result_t<Work, Tables&>> write(Work work) {
        auto run = [this, work = std::move(work)]() mutable { return transact(work); };
        co_return co_await on_pool(thread_, std::move(run));
    }

    /// The same without a shard: for the command line and the start. Blocks the caller.
    /// Threads: before the first `read` or `write`, or after the last.
    template <typename Work>
    std::invoke_result_t<Work, Tables&> write_now(Work work) {
        return transact(work);
    }

private:
    /// A transaction that is undone unless it is committed.
    class Transaction {
    public:
        explicit Transaction(Database& database) : database_(database) {}
        Transaction(const Transaction&) = delete;
        Transaction& operator=(const Transaction&) = delete;
        ~Transaction();

        Status begin();
        Status commit();

    private:
        Database& database_;
        bool is_open_ = false;
    };

    explicit Store(std::unique_ptr<Database> database);
    Status start(bool is_new);

    template <typename Work>
    std::invoke_result_t<Work, Tables&> transact(Work& work) {
        Transaction transaction(*database_);
        SLUICE_CHECK(transaction.begin());
        Changes changes;
        Tables tables(*database_, changes);
        auto result = work(tables);
        if (!result) {
            return result;
        }
        SLUICE_TRY(const SnapshotRef next, snapshot_after(changes, tables));
        SLUICE_CHECK(transaction.commit());
        publish(next, changes);
        return result;
    }

    /// Null when the configuration is as it was.
    Result<SnapshotRef> snapshot_after(const Changes& changes, Tables& tables) const;
    void publish(const SnapshotRef& next, const Changes& changes);

    std::unique_ptr<Database> database_;
    InstanceFacts instance_;
    mutable std::mutex mutex_;
    SnapshotRef snapshot_;
    std::atomic<std::uint64_t> revision_{0};
    std::atomic<std::uint64_t> identity_revision_{0};
    /// One thread: one writer, and every read sees the last write. The last member, so that its
    /// work ends before what it uses goes.
    boost::asio::thread_pool thread_{1};
};

}  // namespace sluice::store
