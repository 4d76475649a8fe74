#pragma once
/// JSON to PHP values, noting in Origins where each array and each odd number came from.

#include <string_view>

#include "engine.h"
#include "origin.h"

namespace sluice::php {

/// Maps become arrays with string keys (numeric keys integers, as PHP wants them). Integers beyond
/// 63 bits become floats, whose spelling Origins keeps.
///
/// Shape:  false for text that is no JSON, or nested deeper than 512; `out` is then null.
/// Memory: the request's; `text` must outlive the Origins.
bool decode_json(std::string_view text, Origins& origins, zval* out);

}  // namespace sluice::php
