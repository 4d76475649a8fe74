#pragma once
/// Writes of records with those of other tables inside: what `writes.cpp` needs of them.

#include "services/sql/related/nested_steps.h"

namespace sluice::services::sql {

/// Whether any record may hold others: without, the rest is not asked for.
bool may_nest(const Table& table, const Body& body);

/// What a call of more than kMaxNested records inside of others is refused with.
Error too_many_nested();

/// The records of one call, with those inside.
class Nesting {
public:
    /// Shape:  null when no record holds others after all.
    /// Errors: Forbidden and the like, of NestedTable::finish, before anything is
    ///         written; BadRequest for more records than a call may write. What is wrong with one
    ///         record is that record's refusal.
    static Task<Result<std::shared_ptr<const Nesting>>> of(
        Backend& backend, const Call& call, TableRef table, const Query& query, const Body& body);

    /// The call's own, with the fields that the records inside need.
    const Query& query() const { return query_; }
    /// The write of record `index` and those inside; `plan`, which makes the write of the record
    /// itself, must live until it has run. `budget` is that of the answer.
    Write write(std::size_t index, PlanRecord plan, std::shared_ptr<ByteBudget> budget) const;
    /// Records inside of others.
    std::size_t count() const { return count_; }
    /// Some records inside are written by calls to their tables: such writes are for
    /// `write_with_calls` (related/nested_calls.h).
    bool has_calls() const { return has_calls_; }

private:
    std::vector<Result<std::shared_ptr<const NestedRecord>>> records_;
    Query query_;
    std::vector<std::string> hidden_;
    std::size_t count_ = 0;
    bool has_calls_ = false;
};
using NestingRef = std::shared_ptr<const Nesting>;

}  // namespace sluice::services::sql
