#pragma once
/// How much a connection has received since it began.

#include <cstdint>
#include <optional>

namespace sluice::services::sql {

/// Nothing for a socket that is not TCP. Some microseconds.
std::optional<std::uint64_t> received_bytes(int socket);

}  // namespace sluice::services::sql
