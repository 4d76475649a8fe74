#pragma once
/// The `filter` of a listing, judged over records in memory. Its grammar is that of tables
/// (services/sql/filter_parser.h).

#include <memory>
#include <span>
#include <string_view>

#include "core/json.h"
#include "core/result.h"
#include "services/sql/filter.h"

namespace sluice::services::system {

class RecordFilter {
public:
    /// `params` holds the values of `:name`, under the name with the colon or without.
    /// Errors: BadRequest for what cannot be read, for a field that is none of `fields`, and for a
    ///         parameter that `params` does not give.
    static Result<RecordFilter> parse(std::string_view text,
                                      std::span<const std::string_view> fields,
                                      const json::object& params = {});

    /// As SQL judges it: a comparison with null is neither true nor false.
    /// Text is compared by its bytes, by patterns ignoring case.
    bool matches(const json::object& record) const;

private:
    explicit RecordFilter(std::shared_ptr<const sql::Filter> root) : root_(std::move(root)) {}
    std::shared_ptr<const sql::Filter> root_;
};

}  // namespace sluice::services::system
