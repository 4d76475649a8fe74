#pragma once
/// /system/script_run: what scripts did, and what they do now.
/// Source: docs/reference/script-runs.md.

#include "core/run_record.h"
#include "services/system/resource.h"

namespace sluice::services::system {

class ScriptRuns : public Resource {
public:
    explicit ScriptRuns(std::shared_ptr<const RunHistory> history) : history_(std::move(history)) {}

    std::string path() const override { return "script_run"; }
    std::string label() const override { return "Script Runs"; }
    std::vector<Route> routes() const override;
    /// Options: script, engine, outcome, request_id, before, limit, lines; summary; stream.
    /// Errors: BadRequest for an option that says nothing; NotFound for a run that is not kept.
    Task<Result<Response>> handle(const Call& call) override;

private:
    std::shared_ptr<const RunHistory> history_;
};

}  // namespace sluice::services::system
