#pragma once
/// Several records in one transaction, and what is answered when some of them fail.
/// Source: docs/reference/system-api.md "Batches".

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "core/json.h"
#include "core/result.h"
#include "services/system/options.h"
#include "store/tables.h"

namespace sluice::services::system {

/// Does the `index`th record.
using OneRecord = std::function<Result<json::object>(store::Tables&, std::size_t index)>;

struct BatchOutcome {
    /// One entry per record that was tried.
    std::vector<Result<json::object>> results;
    bool has_failed = false;
};

/// Runs `one` for each of `count` records. Each record is done or undone as a whole. By default the
/// first failure ends it and earlier records stay; `continue` goes on; `rollback` undoes all.
/// Errors: Batch, with `rollback` only: an error undoes the transaction. `done` is the last word
///         of the message: "created".
Result<BatchOutcome> run_batch(store::Tables& tables,
                               std::size_t count,
                               const Options& options,
                               std::string_view key,
                               std::string_view done,
                               const OneRecord& one);

/// The error of an outcome in which something failed.
Error batch_error(const BatchOutcome& outcome,
                  const Options& options,
                  std::string_view key,
                  std::string_view done);

}  // namespace sluice::services::system
