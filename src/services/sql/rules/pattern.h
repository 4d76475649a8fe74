#pragma once
/// Patterns of the rule `match`: Perl's, as PHP writes them, "/^a+$/i".

#include <functional>
#include <string_view>

#include "core/result.h"

namespace sluice::services::sql {

/// Whether a text matches. One that is too long, or takes too much work, does not.
using Pattern = std::function<bool(std::string_view text)>;

/// `base64`: of the pattern with its delimiters and letters (`imsx`), of at most 1000 bytes.
/// Errors: BadRequest, in words that follow "The rule ... is wrong: ".
Result<Pattern> read_pattern(std::string_view base64);

}  // namespace sluice::services::sql
