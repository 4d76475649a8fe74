#pragma once
/// Names of files as callers give them, made fit for a header and for the caller's disk. Pure.

#include <string>
#include <string_view>

namespace sluice::pipeline {

/// Without a path, leading dots, control characters, what file systems refuse, and bytes that are
/// no UTF-8; 150 bytes at most, of which the extension stays. Never empty.
std::string safe_file_name(std::string_view name);

/// `attachment; filename="x";`, and for names beyond ASCII `filename*` besides (RFC 6266).
std::string content_disposition(std::string_view safe_name);

}  // namespace sluice::pipeline
