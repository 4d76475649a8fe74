#pragma once
/// The last segment of a path that calls a routine: its name and, in brackets, values for it.

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/result.h"
#include "services/sql/records.h"

namespace sluice::services::sql {

/// No routine of any database has more parameters.
inline constexpr std::size_t kMaxArguments = 1'000;

struct InlineCall {
    /// As rights were asked for: what stands before the first bracket, with its blanks.
    std::string name;
    /// Empty without brackets.
    std::optional<std::vector<Input>> values;
};

/// `add_up(2, 'it''s', null)`.
/// Shape:  values are parted by commas; numbers, `true`, `false` and `null` are those; in single or
///         double quotes any character is itself, a quote when it is doubled; anything else is
///         text without the blanks at its ends.
/// Errors: BadRequest with the number of the value that cannot be read; for brackets that do not
///         close, or what follows them.
Result<InlineCall> read_inline_call(std::string_view segment);

}  // namespace sluice::services::sql
