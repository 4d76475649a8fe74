#pragma once
/// The answer to a call about several records: all of them, or the BatchException that tells what
/// became of each. Source: docs/reference/table-api.md "Batches".

#include <string>
#include <string_view>

#include "core/error.h"

namespace sluice::services::sql {

/// Entries in the order of the call's records; held as the text of the answer and nothing besides.
class Batch {
public:
    /// `json` is one record; nothing stands for an empty one.
    void add(std::string_view json);
    void add(const Error& error);

    bool has_failed() const { return !failed_.empty(); }
    /// Of the answer so far.
    std::size_t bytes() const { return text_.size() + failed_.size(); }
    /// `{"resource":[...]}`
    std::string take_json() { return std::move(text_.append("]}")); }
    /// Its detail is that of the first internal failure; empty when there is none.
    /// `done` is what could not be: "created", "updated", "deleted", "retrieved".
    Error to_error(std::string_view done, bool is_rolled_back = false) const;

private:
    void append(std::string_view json);

    std::string text_ = "{\"resource\":[";
    /// The numbers of those that failed, with commas between.
    std::string failed_;
    std::size_t count_ = 0;
    /// The detail of the first that the database refused for no reason of the caller's.
    std::string refused_;
};

}  // namespace sluice::services::sql
