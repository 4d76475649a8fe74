#pragma once
/// How a caller wants records chosen and shown: the options of a request, from its query or beside
/// `resource` in its body.

#include <optional>
#include <span>
#include <string>
#include <vector>

#include "core/json.h"
#include "core/request.h"
#include "core/result.h"
#include "services/system/record_filter.h"
#include "services/system/records.h"

namespace sluice::services::system {

/// A body as the resources read it.
struct Body {
    /// Null when there was none.
    json::value value;

    /// The records: those under `resource`, or a bare list.
    /// Errors: BadRequest for anything else, with the documented text.
    Result<std::vector<json::object>> records() const;
    /// The one record of a path with an id: bare, or wrapped in `resource`.
    Result<json::object> record() const;
};

/// Errors: BadRequest for a body that is no JSON.
Result<Body> read_body(const Request& request);

struct OrderTerm {
    std::string field;
    bool is_descending = false;
};

struct Options {
    /// Unset: all of them on reading, the key alone on writing. Empty list: all.
    std::optional<std::vector<std::string>> fields;
    std::vector<std::string> relations;
    /// `related=*`: as many as the caller may see.
    bool shows_all_relations = false;
    std::vector<std::string> ids;
    std::optional<RecordFilter> filter;
    std::vector<OrderTerm> order;
    std::size_t limit = 1000;
    std::size_t offset = 0;
    bool include_count = false;
    bool count_only = false;
    bool as_list = false;
    bool continues = false;
    bool rolls_back = false;
};

/// The most records that one answer lists.
inline constexpr std::size_t kMaxRecords = 1000;

/// Errors: BadRequest for unknown fields or relations, and for what cannot be read.
Result<Options> read_options(const Request& request, const Body& body, const RecordKind& kind);

/// The record as the options want it; `key` alone when no fields were named and `is_write`.
json::object picked(const json::object& record,
                    const Options& options,
                    std::string_view key,
                    bool is_write);

/// Sorts and cuts a page out of the records.
json::array page_of(json::array records, const Options& options);

/// `{"resource":[...]}`, with `meta.count` when it was asked for.
std::string listing(json::array records, std::optional<std::size_t> count);

/// The answer of a read-only list of small objects with a `name`: `fields`, `as_list`, `ids`.
std::string named_listing(const json::array& all, const Request& request, bool shows_all);

}  // namespace sluice::services::system
