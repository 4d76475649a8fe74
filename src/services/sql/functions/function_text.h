#pragma once
/// Whether a text is one SQL expression that can be put into a statement of ours.

#include <string>
#include <string_view>

#include "core/result.h"

namespace sluice::services::sql {

inline constexpr std::size_t kMaxFunctionBytes = 1000;

/// It must end where it begins: no `;`, no comments, quotes and brackets closed, no backslashes,
/// and nothing that drivers take for a place of a value. `{value}` may stand in it outside of
/// quotes where `takes_value`.
/// Errors: BadRequest naming `field` and what is wrong.
Status check_function_text(std::string_view text, const std::string& field, bool takes_value);

}  // namespace sluice::services::sql
