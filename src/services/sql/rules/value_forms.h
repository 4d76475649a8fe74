#pragma once
/// What a value of a record looks like, as the rules of `validation` ask for it.
/// Source: docs/reference/schema-api.md.

#include <cstdint>
#include <optional>
#include <string>

#include "services/sql/records.h"

namespace sluice::services::sql {

/// Null, or an empty text.
bool is_blank(const Input& input);
/// Also blank, and false.
bool is_zero(const Input& input);
bool is_email(const Input& input);
/// With a scheme: "https://example.org/a".
bool is_url(const Input& input);
/// Empty for what is no integer of 64 bits.
std::optional<std::int64_t> integer_in(const Input& input);
bool is_float(const Input& input);
/// true, 0, "yes", "off" ...
bool is_boolean(const Input& input);

/// What patterns and picks are compared with.
std::string text_of(const Input& input);

}  // namespace sluice::services::sql
