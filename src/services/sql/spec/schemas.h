#pragma once
/// Tables as JSON schemas of OpenAPI 3.0. Pure.

#include <string>
#include <string_view>

#include "core/json.h"
#include "services/sql/schema.h"

namespace sluice::services::sql {

/// The type of a field's values on the wire.
json::object schema_of(const Column& column);

/// A record as answers show it.
json::object record_schema(const Table& table);

/// A record to create: without what the database alone fills in, and with what it must have.
json::object new_record_schema(const Table& table);

/// `name` as a key of `components` may be written: a byte that is no letter, digit, `.` or `_`
/// becomes `-` and its two hexadecimal digits. Two names never become one.
std::string component_name(std::string_view name);

/// `{"$ref": "#/components/<kind>/<name>"}`; `name` as component_name gives it.
json::object reference_to(std::string_view kind, std::string_view name);

}  // namespace sluice::services::sql
