#pragma once
/// The Fetch port: a call to another server, with the redirects that it leads through.

#include "core/outbound.h"
#include "http/outbound/transfers.h"

namespace sluice::http {

/// Redirects that one call follows; the answer to the last one is what it is.
inline constexpr int kMostRedirects = 5;

/// Errors: core/outbound.h. Threads: the shard that asks; the transfers are of all.
Task<Result<Response>> fetch(Transfers& transfers, OutboundRequest request);

}  // namespace sluice::http
