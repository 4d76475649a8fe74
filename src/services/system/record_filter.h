#pragma once
/// The `filter` of a listing, judged over records in memory. Quoted texts are opaque; AND binds
/// closer than OR; parentheses and NOT as usual.

#include <memory>
#include <span>
#include <string_view>

#include "core/json.h"
#include "core/result.h"

namespace sluice::services::system {

/// Operators: = == != <> > >= < <= (also EQ NE GT GTE LT LTE), LIKE, CONTAINS, STARTS WITH,
/// ENDS WITH, IN (..), NOT IN (..), IS NULL, IS NOT NULL; && and || for AND and OR.
class RecordFilter {
public:
    /// Errors: BadRequest for what cannot be read, and for a field that is none of `fields`.
    static Result<RecordFilter> parse(std::string_view text,
                                      std::span<const std::string_view> fields);

    bool matches(const json::object& record) const;

    struct Node;

private:
    explicit RecordFilter(std::shared_ptr<const Node> root) : root_(std::move(root)) {}
    std::shared_ptr<const Node> root_;
};

}  // namespace sluice::services::system
