#pragma once
/// The conditions of a role's line, as they come in. Stored and applied they are lenient values;
/// what could only fail or mislead later is refused here.

#include <vector>

#include "core/call.h"
#include "core/json.h"
#include "core/result.h"

namespace sluice::services::system {

/// `[{"name","operator","value"}]`; null is none. Operators become as the grammar spells them.
/// Errors: BadRequest naming the filter: a member that filters do not have, no name, an operator
///         that there is none of, no value where the operator compares with one, a list that
///         cannot be read, a lookup that does not exist.
Result<std::vector<RowFilter>> read_filters(const json::value& value);

}  // namespace sluice::services::system
