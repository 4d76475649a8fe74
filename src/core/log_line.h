#pragma once
/// What may stand in a line of the log.

#include <string>
#include <string_view>

namespace sluice::log {

/// Appends the text so that the line stays one, and UTF-8: what came from outside can neither forge
/// another line nor break whoever reads the log.
///
/// Shape: a line feed becomes `\n`, any other control character but the tab `?`, what is no UTF-8
///        U+FFFD, once for each byte.
void append_as_line(std::string& out, std::string_view text);

}  // namespace sluice::log
