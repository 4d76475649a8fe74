#pragma once
/// PHP values as text for people: what dump() and dd() show.

#include <string>

#include "engine.h"

namespace sluice::php {

/// Appends `value` in the form that users of dd() know: `array:1 [\n  "a" => 1\n]`.
void dump_value(std::string& out, const zval* value);

}  // namespace sluice::php
