#pragma once
/// Runs as they end, as server-sent events. Source: docs/reference/script-runs.md "Live".

#include "core/response.h"
#include "core/result.h"
#include "core/run_record.h"

namespace sluice::services::system {

/// Those that `query` asks for (its `before` and `limit` mean nothing here), from the one behind
/// the header `Last-Event-ID` on, or from now on.
/// Errors: BadRequest where the answer cannot be streamed, or for a `Last-Event-ID` that is none.
Result<Response> stream_runs(std::shared_ptr<const RunHistory> history,
                             RunQuery query,
                             const Request& request);

}  // namespace sluice::services::system
