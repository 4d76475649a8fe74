#pragma once
/// Text of the filter grammar -> Filter.
///
///   filter     := xor { (OR | '||' | NOR) xor }
///   xor        := and { XOR and }
///   and        := not { (AND | '&&') not }
///   not        := NOT not | '(' filter ')' | comparison
///   comparison := field [NOT] operator value
///
/// `(a = 1) and (b = 2)` and `a = 1 and b = 2` mean the same; precedence is SQL's.
/// Source: docs/reference/filter.md.

#include <optional>
#include <string_view>

#include "services/sql/filter.h"

namespace sluice::services::sql {

/// Errors: BadRequest naming the position and what was expected there. Filters past the bounds
///         of filter.h are refused the same way.
Result<Filter> parse_filter(std::string_view text);

/// The operator that a role's row filter may have, as the grammar spells it; unset for any other.
std::optional<std::string_view> find_role_operator(std::string_view operation);

/// What is said, as Internal and with the reason as detail, when a filter of the caller's role
/// cannot be applied to a table.
inline constexpr std::string_view kRoleFilterFails = "A row filter of the role cannot be applied.";

/// The operator of a role's row filter ("=", "NOT IN", "IS NULL" ...) applied to `field`; for
/// lists `value` may stand in parentheses.
/// Errors: Internal for an operator that roles may not use.
Result<Filter> parse_role_filter(std::string_view field,
                                 std::string_view operation,
                                 std::string_view value);

}  // namespace sluice::services::sql
