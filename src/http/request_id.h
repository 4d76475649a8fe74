#pragma once
/// The name of one request, for the client and for every line of the log.

#include <cstdint>
#include <string>
#include <string_view>

namespace sluice::http {

/// Whether an id that a client proposes may be used: 1 to 64 of letters, digits, '.', '_', '-'.
bool is_request_id(std::string_view text);

/// Makes ids of 13 characters: no two alike from one source within 2^64, from different sources
/// only by accident. They are names, not secrets.
/// Threads: one; each shard has its own.
class RequestIds {
public:
    RequestIds();
    std::string next();

private:
    std::uint64_t state_;
};

}  // namespace sluice::http
