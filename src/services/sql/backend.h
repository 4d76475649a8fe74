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

struct Backend {
    Backend(std::unique_ptr<Database> database_,
            std::unique_ptr<Dialect> dialect_,
            TableSettings settings_,
            const Handler& handler_)
        : database(std::move(database_)),
          dialect(std::move(dialect_)),
          settings(settings_),
          handler(handler_),
          catalog(*database, *dialect) {}

    std::unique_ptr<Database> database;
    std::unique_ptr<Dialect> dialect;
    TableSettings settings;
    /// For calls to other tables, under the caller's rights.
    const Handler& handler;
    Catalog catalog;
    /// Where the database should be, for administrators; empty for a file.
    std::string host;
    std::string port;
};

}  // namespace sluice::services::sql
