#include "services/system/batch.h"

namespace sluice::services::system {
namespace {

/// Errors are written as text: their context is JSON already.
std::string context_of(const BatchOutcome& outcome, const Options& options, std::string_view key) {
    std::string errors;
    std::string resources;
    for (std::size_t i = 0; i < outcome.results.size(); ++i) {
        const auto& result = outcome.results[i];
        resources.append(i == 0 ? "" : ",");
        if (result) {
            resources.append(json::serialize(picked(*result, options, key, true)));
        } else {
            resources.append(result.error().to_inner_json());
            errors.append(errors.empty() ? "" : ",").append(std::to_string(i));
        }
    }
    return "{\"error\":[" + errors + "],\"resource\":[" + resources + "]}";
}

}  // namespace

Error batch_error(const BatchOutcome& outcome,
                  const Options& options,
                  std::string_view key,
                  std::string_view done) {
    std::string message =
        "Batch Error: Not all requested records could be " + std::string(done) + ".";
    if (options.rolls_back) {
        message.append(" All changes rolled back.");
    }
    return Error(ErrorKind::Batch, std::move(message))
        .with_context(context_of(outcome, options, key));
}

Result<BatchOutcome> run_batch(store::Tables& tables,
                               std::size_t count,
                               const Options& options,
                               std::string_view key,
                               std::string_view done,
                               const OneRecord& one) {
    BatchOutcome outcome;
    for (std::size_t i = 0; i < count; ++i) {
        outcome.results.push_back(store::attempt(tables.database, [&] { return one(tables, i); }));
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
