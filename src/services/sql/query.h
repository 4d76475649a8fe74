#pragma once
/// What a table request asks for, as one value: options of the query string and of the body.
/// No name is looked up yet. Source: docs/reference/table-api.md.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/request.h"
#include "core/result.h"
#include "services/sql/records.h"

namespace sluice::services::sql {

struct OrderTerm {
    std::string field;
    bool descends = false;
    /// Set when the client says where nulls go.
    std::optional<bool> nulls_first;
};

/// The values that identify one record: one per key column.
using Id = std::vector<Input>;

struct Query {
    /// Empty: not given. {"*"}: all.
    std::vector<std::string> fields;
    std::string filter;
    /// Values of `:name` in the filter; names without the colon.
    std::vector<std::pair<std::string, Input>> params;
    std::optional<std::int64_t> limit;
    std::int64_t offset = 0;
    std::vector<OrderTerm> order;
    std::vector<std::string> group;
    /// A filter on the groups.
    std::string having;
    /// Flat or grouped, as given; `ids_given` tells an empty list from none.
    std::vector<Id> ids;
    bool ids_given = false;
    /// Key columns to use instead of the primary key.
    std::vector<std::string> id_fields;
    /// Relations whose records the answer shows; {"*"}: all.
    std::vector<std::string> related;
    /// Parameters that may be options of those: `<relation>.<option>`.
    std::vector<std::pair<std::string, std::string>> dotted;
    bool includes_count = false;
    bool only_count = false;
    bool includes_schema = false;
    /// Only the identifiers, in a flat list.
    bool lists_ids = false;
    bool continues = false;
    bool rolls_back = false;
    bool forces = false;
    /// Records that a record gives up are deleted where they cannot be without one.
    bool deletes_related = false;

    /// Relations are asked for, or options that would be of one.
    bool may_relate() const { return !related.empty() || !dotted.empty(); }
};

/// The query string wins over the body, whose options count when they stand beside `resource` or,
/// for GET and DELETE, in a bare object.
/// Errors: BadRequest naming the option that cannot be read.
Result<Query> parse_query(Verb verb, const Parameters& parameters, const Body& body);

/// `a, "b,c"`: quotes keep commas.
std::vector<std::string> parse_names(std::string_view text);

/// The way back: what `parse_names` reads as `names`.
std::string list_of_names(const std::vector<std::string>& names);

/// `a,b` or `(1,2),(3,4)`; quotes keep commas. Shape: one Id per element or group.
std::vector<Id> parse_ids(std::string_view text);

/// `name desc nulls last, id`.
/// Errors: BadRequest for what is no order.
Result<std::vector<OrderTerm>> parse_order(std::string_view text);

}  // namespace sluice::services::sql
