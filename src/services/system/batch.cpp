#include "services/system/batch.h"

#include "services/batch_error.h"

namespace sluice::services::system {
Error batch_error(const BatchOutcome& outcome,
                  const Options& options,
                  std::string_view key,
                  std::string_view done) {
    // Errors are written as text: their context is JSON already.
    std::string failed;
    std::string resources;
    for (std::size_t i = 0; i < outcome.results.size(); ++i) {
        const auto& result = outcome.results[i];
        resources.append(i == 0 ? "" : ",");
        if (result) {
            resources.append(json::serialize(picked(*result, options, key, true)));
        } else {
            resources.append(result.error().to_inner_json());
            failed.append(failed.empty() ? "" : ",").append(std::to_string(i));
        }
    }
    return services::batch_error(done, options.rolls_back, "[" + failed + "]",
                                 "[" + resources + "]");
}

Result<BatchOutcome> run_batch(store::Tables& tables,
                               std::size_t count,
                               const Options& options,
                               std::string_view key,
                               std::string_view done,
                               const OneRecord& one) {
    BatchOutcome outcome;
    for (std::size_t i = 0; i < count; ++i) {
        outcome.results.push_back(tables.attempt([&] { return one(tables, i); }));
        if (outcome.results.back()) {
            continue;
        }
        outcome.has_failed = true;
        if (options.rolls_back) {
            return fail(batch_error(outcome, options, key, done));
        }
        if (!options.continues) {
            break;
        }
    }
    return outcome;
}

}  // namespace sluice::services::system
