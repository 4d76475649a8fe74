#pragma once
/// One read that may be answered from what an earlier one read, where the service keeps answers.

#include "core/call.h"
#include "services/sql/backend.h"

namespace sluice::services::sql {

/// Off, and free of cost, unless the service keeps answers; and within a shared transaction, whose
/// own changes nobody else sees.
class CachedRead {
public:
    CachedRead(Backend& backend, const Call& call);

    bool is_on() const { return cache_ != nullptr; }
    /// The answer that is kept of `statement`; null when none is, or the caller wants it anew.
    /// `sort` tells what is made of the rows besides what the statement tells.
    const std::string* find(char sort, const Statement& statement, TableRef table);
    /// What was made of the rows that `find` did not find.
    void keep(const std::string& answer);

private:
    ReadCache* cache_ = nullptr;
    bool is_renewed_ = false;
    std::string key_;
    TableRef table_;
    std::optional<std::uint64_t> stamp_;
};

}  // namespace sluice::services::sql
