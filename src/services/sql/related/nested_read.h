#pragma once
/// Records of another table of the same service, as the caller may see them.

#include <string>
#include <vector>

#include "core/call.h"
#include "core/ports.h"
#include "core/response.h"
#include "core/result.h"

namespace sluice::services::sql {

/// A record of an answer: the member it is found by, as text without JSON's quotes, and the whole.
struct FoundRecord {
    std::string key;
    std::string json;
};

/// What a read of another table is after.
struct NestedRead {
    std::string table;
    /// The records whose `field`, named as they show it, is one of `keys` (JSON texts).
    std::string field;
    std::vector<std::string> keys;
    Parameters options;
    /// The other name that options may have for the field; empty when there is none.
    std::string other_name = {};
};

/// Reads through the whole pipeline: the caller's rights on that table hold, and its events fire.
///
/// Shape:  in the order of the answer. `field` is left out of the records when the options ask for
///         fields without it.
/// Errors: what the call to that table failed with, its status and text; BadRequest for more
///         records than one answer may hold, too_large for more than `most_bytes`; Internal for an
///         answer that is no list of records.
/// Threads: the shard of `caller`.
Task<Result<std::vector<FoundRecord>>> read_nested(const Handler& handler,
                                                   const Call& caller,
                                                   NestedRead read,
                                                   std::size_t most_bytes);

/// The value of a record's member, ignoring case, as JSON text; empty when it has none.
std::string member_text(std::string_view record, std::string_view name);

/// The text of a JSON scalar: a string's content, or the digits.
std::string plain_of(std::string_view json);

}  // namespace sluice::services::sql
