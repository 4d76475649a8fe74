#pragma once
/// What clients send -> values of a column's kind.

#include <optional>
#include <string>
#include <string_view>

#include "core/result.h"
#include "services/sql/records.h"
#include "services/sql/schema.h"

namespace sluice::services::sql {

/// A value of a record.
/// Errors: BadRequest `Field 'x' must be a valid integer.` and the like; NULL where the column
///         takes none.
Result<Value> to_value(const Column& column, const Input& input);

/// A value of a filter or an identifier, as text.
/// Errors: BadRequest, as above.
Result<Value> to_value(const Column& column, std::string_view text);

/// The words that clients may send in place of a value and that databases fill in themselves:
/// `{"expression":"NOW()"}`. Shape: SQL text of our own, or empty for anything else.
std::optional<std::string_view> known_expression(std::string_view text);
/// The text of `{"expression": text}`, or empty when `json` is no such object.
std::optional<std::string> expression_of(std::string_view json);

}  // namespace sluice::services::sql
