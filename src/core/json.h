#pragma once
/// JSON as the server uses it: text that is only forwarded stays text; a DOM (boost::json, which
/// keeps the order of keys) where the server itself must look inside.
/// Design: docs/adr/0008-json-and-number-fidelity.md.

#include <string>
#include <string_view>

#include <boost/json.hpp>

#include "core/result.h"

namespace sluice {

namespace json = boost::json;

/// Deepest nesting that any parser of ours accepts: deeper is an attack, not data.
inline constexpr std::size_t kMaxJsonDepth = 128;

/// The message for JSON that is nested too deeply.
std::string too_deep(std::string_view what);

/// Errors: BadRequest with the position of the first fault. `what` names the text in the message
/// ("request body").
Result<json::value> parse_json(std::string_view text, std::string_view what = "JSON");

/// Appends `text` as a JSON string with its quotes. Slashes are not escaped; bytes that are not
/// UTF-8 become U+FFFD, so that the output is always valid JSON.
void append_json_string(std::string& out, std::string_view text);
std::string json_string(std::string_view text);

/// Lenient readers of an object's members: the fallback for what is missing or null.
std::string_view text_or(const json::object& object,
                         std::string_view key,
                         std::string_view fallback);
std::int64_t integer_or(const json::object& object, std::string_view key, std::int64_t fallback);
bool boolean_or(const json::object& object, std::string_view key, bool fallback);

/// True for 1, true, yes, y, t, on in any case: how query parameters say yes.
bool is_truthy(std::string_view text);

}  // namespace sluice
