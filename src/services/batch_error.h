#pragma once
/// What a call on several records answers when it was wrong or some of them failed: the same for
/// rows of tables and for records of the system.
/// Source: docs/reference/table-api.md, docs/reference/system-api.md "Batches".

#include <string>
#include <string_view>

#include "core/error.h"

namespace sluice::services {

/// "Batch Error: Not all requested records could be created."
/// Shape: `done` is the last word; `failed` and `resources` are the context's lists `error` and
///        `resource`, as JSON.
Error batch_error(std::string_view done,
                  bool is_rolled_back,
                  const std::string& failed,
                  const std::string& resources);

/// BadRequest: the body holds no records.
Error no_records();

}  // namespace sluice::services
