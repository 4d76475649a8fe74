#pragma once
/// What a call of a routine brings: values, and options for its answer. No name is looked up yet.
/// Source: docs/reference/procedures.md.

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "core/request.h"
#include "core/result.h"
#include "services/sql/records.h"
#include "services/sql/value.h"

namespace sluice::services::sql {

/// Values in the order and under the names that they came with.
struct GivenValues {
    std::vector<Input> in_order;
    /// Unset: the parameter is only mentioned, as those are that give.
    std::vector<std::pair<std::string, std::optional<Input>>> by_name;
};

struct CallOptions {
    /// The answer is one value of this kind: the first that there is.
    std::optional<Kind> returns;
    /// The member that holds the results.
    std::optional<std::string> wrapper;
    /// Fields of the results that are shown as another kind than theirs.
    std::vector<std::pair<std::string, Kind>> schema;
};

struct CallRequest {
    std::string name;
    GivenValues values;
    CallOptions options;
};

/// `segment` is the last of the path. Options of the query string win over those of the body; all
/// other parameters of the query string are values.
/// Errors: BadRequest for what is none of it, by name; as of converted_payload.
Result<CallRequest> read_call_request(const Request& request, std::string_view segment);

}  // namespace sluice::services::sql
