#pragma once
/// PHP's own headers, in one place because of their macros and the order they want.
/// Everything here follows PHP's rule for memory: what PHP allocates dies with its request.

// clang-format off
extern "C" {
#include <main/php.h>
#include <main/SAPI.h>
#include <main/php_main.h>
#include <main/php_output.h>
#include <main/php_variables.h>
#include <ext/json/php_json.h>
#include <ext/standard/basic_functions.h>
#include <ext/standard/info.h>
#include <zend_closures.h>
#include <zend_exceptions.h>
#include <zend_interfaces.h>
#include <zend_signal.h>
#include <zend_smart_str.h>
}
// clang-format on

// PHP renames these by macro, std::snprintf included.
#undef snprintf
#undef vsnprintf
#undef sprintf
#undef vsprintf
#undef asprintf
#undef vasprintf

#include <string_view>

namespace sluice::php {

inline std::string_view view_of(const zend_string* text) {
    return {ZSTR_VAL(text), ZSTR_LEN(text)};
}

}  // namespace sluice::php
