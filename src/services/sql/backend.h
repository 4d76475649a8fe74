#pragma once
/// One configured database service on one shard, as the parts that serve its calls see it.

#include <cstdint>
#include <memory>
#include <string>

#include "core/ports.h"
#include "services/sql/catalog.h"

namespace sluice::services::sql {

struct TableSettings {
    /// Rows of one answer at most; what a list without a limit gives.
    std::int64_t max_records = 1000;
    /// Bytes of the rows that one read answers at most.
    std::size_t max_answer_bytes = kMaxAnswerBytes;
    /// PUT and PATCH insert what is not there.
    bool allows_upsert = false;
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

    std::unique_ptr<Database> database;
    std::unique_ptr<Dialect> dialect;
    TableSettings settings;
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
