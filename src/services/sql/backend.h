#pragma once
/// One configured database service on one shard, as the parts that serve its calls see it.

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include "core/ports.h"
#include "services/sql/catalog.h"
#include "services/sql/read_cache.h"

namespace sluice::services::sql {

struct TableSettings {
    /// Rows of one answer at most; what a list without a limit gives.
    std::int64_t max_records = 1000;
    /// Bytes of the rows that one read answers at most.
    std::size_t max_answer_bytes = kMaxAnswerBytes;
    /// PUT and PATCH insert what is not there.
    bool allows_upsert = false;
    /// How long answers of reads are kept; unset: they are not.
    std::optional<std::chrono::seconds> cache_time = {};
};

struct Backend : std::enable_shared_from_this<Backend> {
    Backend(std::unique_ptr<Database> database_,
            std::unique_ptr<Dialect> dialect_,
            TableSettings settings_,
            const Handler& handler_)
        : database(std::move(database_)),
          dialect(std::move(dialect_)),
          settings(settings_),
          handler(handler_),
          catalog(*database, *dialect) {}

    void keep_extras(store::Store* store_, store::Id service_id_) {
        store = store_;
        service_id = service_id_;
        if (store != nullptr) {
            catalog.follow(*store, service_id);
        }
    }

    /// `name` stands for the database, whatever service leads to it.
    void follow_changes(Epochs& epochs, const std::string& name) {
        changes = Changes::of(epochs, name);
        if (settings.cache_time) {
            cache.emplace(*settings.cache_time, changes);
        }
    }

    std::unique_ptr<Database> database;
    std::unique_ptr<Dialect> dialect;
    TableSettings settings;
    /// What this process changes in the database.
    Changes changes;
    std::optional<ReadCache> cache;
    /// For calls to other tables, under the caller's rights.
    const Handler& handler;
    Catalog catalog;
    /// Where what is kept about tables is kept, under the service's id. Null: nothing can be kept.
    store::Store* store = nullptr;
    store::Id service_id = 0;
    /// Where the database should be, for administrators; empty for a file.
    std::string host;
    std::string port;
};

}  // namespace sluice::services::sql
