#include "store/store.h"

#include "core/log.h"
#include "store/migrations/migrations.h"
#include "store/snapshot_builder.h"
#include "store/sqlite_database.h"

namespace sluice::store {
namespace {

Result<std::unique_ptr<Database>> open_database(const std::string& url) {
    constexpr std::string_view kSqlite = "sqlite:";
    if (url.starts_with(kSqlite) && url.size() > kSqlite.size()) {
        return open_sqlite(url.substr(kSqlite.size()));
    }
    if (url.starts_with("postgres://") || url.starts_with("postgresql://")) {
        return fail(ErrorKind::NotImplemented,
                    "A system database in PostgreSQL is not supported yet: use sqlite:PATH.");
    }
    return fail(ErrorKind::BadRequest, "The system database must be given as sqlite:PATH.");
}

}  // namespace

Store::Transaction::~Transaction() {
    if (is_open_) {
        static_cast<void>(database_.run_script("ROLLBACK"));
    }
}

Status Store::Transaction::begin() {
    SLUICE_CHECK(database_.begin());
    is_open_ = true;
    return {};
}

Status Store::Transaction::commit() {
    SLUICE_CHECK(database_.run_script("COMMIT"));
    is_open_ = false;
    return {};
}

Store::Store(std::unique_ptr<Database> database)
    : database_(std::move(database)), snapshot_(std::make_shared<const Snapshot>()) {}

Store::~Store() {
    stop();
}

Result<std::unique_ptr<Store>> Store::open(const std::string& url) {
    SLUICE_TRY(auto database, open_database(url));
    SLUICE_TRY(const int version, migrate(*database));
    std::unique_ptr<Store> store(new Store(std::move(database)));
    SLUICE_CHECK(store->start(version == 0));
    return store;
}

Status Store::start(bool is_new) {
    // A first start that died between migrating and seeding left the tables empty.
    const auto prepare = [&](Tables& tables) -> Result<SnapshotRef> {
        SLUICE_TRY(const auto settings, tables.settings.all());
        if (is_new || settings.empty()) {
            SLUICE_CHECK(seed(tables));
        }
        SLUICE_TRY(instance_, read_instance_facts(tables));
        return first_snapshot(tables, 1);
    };
    Transaction transaction(*database_);
    SLUICE_CHECK(transaction.begin());
    Changes changes;
    Tables tables(*database_, changes);
    SLUICE_TRY(const SnapshotRef first, prepare(tables));
    SLUICE_CHECK(transaction.commit());
    publish(first, changes);
    return {};
}

SnapshotRef Store::snapshot() const {
    const std::lock_guard lock(mutex_);
    return snapshot_;
}

Result<SnapshotRef> Store::snapshot_after(const Changes& changes, Tables& tables) const {
    if (!changes.any_configuration()) {
        return SnapshotRef();
    }
    return next_snapshot(*snapshot_, changes, tables);
}

void Store::publish(const SnapshotRef& next, const Changes& changes) {
    if (changes.identities) {
        identity_revision_.fetch_add(1, std::memory_order_acq_rel);
    }
    if (!next) {
        return;
    }
    {
        const std::lock_guard lock(mutex_);
        snapshot_ = next;
    }
    revision_.store(next->revision, std::memory_order_release);
    for (const Listener& listener : listeners_) {
        listener(next);
    }
}

}  // namespace sluice::store
