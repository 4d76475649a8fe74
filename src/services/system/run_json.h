#pragma once
/// Runs of scripts as `/system/script_run` shows them. Source: docs/reference/script-runs.md.

#include "core/json.h"
#include "core/run_record.h"

namespace sluice::services::system {

/// `has_lines`: with all that the run logged, instead of how many lines that were.
json::object run_json(const RunRecord& run, bool has_lines);
json::object summary_json(const RunSummary& summary);

/// One event of `text/event-stream`.
std::string run_event(const RunRecord& run);

}  // namespace sluice::services::system
