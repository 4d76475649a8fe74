#pragma once
/// PHP values to JSON, with the original bytes wherever a script left an array or a number alone.

#include <string>
#include <string_view>

#include "engine.h"
#include "origin.h"

namespace sluice::php {

/// Why a value has no JSON.
enum class JsonFault { None, TooDeep, NotFinite, Unsupported, Threw };

std::string_view message_of(JsonFault fault);

/// Appends `value` to `out`. `original`, when given, is the decoded value that stood in this place:
/// it says whether an array that became empty was a map.
///
/// May run the script's code (jsonSerialize), so it may leave PHP's exception set (Threw) and may
/// be jumped out of; `out` must live outside of the jump.
JsonFault encode_json(std::string& out,
                      const Origins& origins,
                      const zval* value,
                      const zval* original = nullptr);

/// A map of strings: numbers and booleans become text, anything else its JSON text. A value that
/// is no array is taken for an empty map.
JsonFault encode_texts(std::string& out, const Origins& origins, const zval* value);

}  // namespace sluice::php
