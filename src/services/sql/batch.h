#pragma once
/// The answer to a call about several records: all of them, or the BatchException that tells what
/// became of each. Source: docs/reference/table-api.md "Batches".

#include <string>
#include <string_view>
#include <vector>

#include "core/error.h"

namespace sluice::services::sql {

/// Entries in the order of the call's records.
class Batch {
public:
    /// `json` is one record.
    void add(std::string json) { entries_.push_back({std::move(json), false}); }
    void add(const Error& error) {
        entries_.push_back({error.to_inner_json(), true});
        has_failed_ = true;
        if (error.kind() == ErrorKind::Internal && refused_.empty()) {
            refused_ = error.detail();
        }
    }

    bool has_failed() const { return has_failed_; }
    /// `{"resource":[...]}`
    std::string to_json() const;
    /// Its detail is that of the first internal failure; empty when there is none.
    /// `done` is what could not be: "created", "updated", "deleted", "retrieved".
    Error to_error(std::string_view done, bool is_rolled_back = false) const;

private:
    struct Entry {
        std::string json;
        bool is_error;
    };
    std::string joined() const;

    std::vector<Entry> entries_;
    bool has_failed_ = false;
    /// The detail of the first that the database refused for no reason of the caller's.
    std::string refused_;
};

}  // namespace sluice::services::sql
