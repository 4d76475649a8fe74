#pragma once
/// What stands beside the rows of a list: how many there are, where the next page begins.

#include <optional>
#include <string>

#include "core/call.h"
#include "services/sql/backend.h"
#include "services/sql/plan.h"

namespace sluice::services::sql {

/// How many rows meet the conditions of `select`, whatever its limit.
/// Errors: the driver's.
Task<Result<std::int64_t>> count_rows(Backend& backend, const Select& select, Deadline deadline);

/// `,"meta":{...}` with what there is, or nothing. `schema` is JSON, empty when not asked for.
std::string meta_text(const Select& select, std::optional<std::int64_t> count, std::string schema);

/// The description of the table that `include_schema` asks for; empty when the query does not.
/// Errors: the driver's.
Task<Result<std::string>> schema_asked_for(Backend& backend,
                                           const Call& call,
                                           const Query& query,
                                           const Table& table);

}  // namespace sluice::services::sql
