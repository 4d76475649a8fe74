#pragma once
/// Reads a form's fields into JSON. Bodies of requests, so all of it is hostile.
/// Source: the URL standard's application/x-www-form-urlencoded; names with brackets as PHP reads
/// them (docs/reference/formats.md "Forms in").

#include <string>
#include <string_view>

#include "core/result.h"

namespace sluice {

/// Brackets of one name.
inline constexpr std::size_t kMaxFormDepth = 8;

/// `a=1&b[c]=2&d[]=x&d[]=y` -> `{"a":"1","b":{"c":"2"},"d":["x","y"]}`: values are texts, for
/// whoever takes them to judge.
/// Shape:  what has the names 0 to n - 1, in any order, is a list; `[]` is the next free number. Of
///         fields of one name the last wins, also over what has brackets. A name whose brackets do
///         not fit is a name as it stands.
/// Errors: BadRequest as of percent_decode, for more than kMaxParameters fields, and for a name of
///         more than kMaxFormDepth brackets.
Result<std::string> json_of_form(std::string_view text);

}  // namespace sluice
