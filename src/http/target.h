#pragma once
/// Undoes the percent-encoding of a request's target. Pure; fuzzed by target_fuzz.cpp.

#include <string_view>

#include "core/request.h"
#include "core/result.h"

namespace sluice::http {

/// Fills `uri`, `path` and `parameters` of the request.
///
/// Shape:   "/path?query", or the absolute form "http://host/path?query". '+' is a space in the
///          query only. Of repeated parameters the last wins; `a` alone is `a=`; empty pairs are
///          skipped. `.` and `..` stay as they are: who opens files must refuse them.
/// Errors:  BadRequest for a broken escape, an escaped NUL, bytes that are no UTF-8, another form
///          of target, too many parameters.
Status read_target(std::string_view target, std::size_t max_parameters, Request& request);

}  // namespace sluice::http
