#pragma once
/// Records of one call -> what the validation of their fields says.

#include <chrono>
#include <memory>
#include <vector>

#include "services/sql/records.h"
#include "services/sql/schema.h"

namespace sluice::services::sql {

enum class WritePurpose {
    Insert,
    Change,
    Upsert,  ///< made of a change, where the record is not there
};

/// Copies share what they have spent.
class RecordJudge {
public:
    /// Of a table without rules.
    RecordJudge() = default;
    /// `keys` identify the records of changes: a record need not name them.
    RecordJudge(TableRef table, std::vector<const Column*> keys);

    /// The columns that the rules leave out of the record.
    /// Errors: BadRequest in the words of the rule; also for all further records once those of the
    ///         call took two seconds: patterns that backtrack hold the shard up.
    Result<std::vector<const Column*>> left_out(const Record& record, WritePurpose purpose) const;

private:
    using Clock = std::chrono::steady_clock;

    Result<std::vector<const Column*>> judged(const Record& record, WritePurpose purpose) const;

    TableRef table_;
    std::vector<const Column*> keys_;
    std::shared_ptr<Clock::duration> spent_;
};

}  // namespace sluice::services::sql
