#pragma once
/// Whose request a proxy passes on. Pure.
///
/// A proxy that is trusted says in X-Forwarded-For whom it got the request from; anybody may write
/// that header, so it is read from its end, and only as far as trusted proxies wrote it.

#include <string>
#include <string_view>
#include <vector>

#include "core/result.h"
#include "http/networks.h"

namespace sluice::http {

class TrustedProxies {
public:
    /// Entries of the header that are looked at, from its end.
    static constexpr std::size_t kMaxHops = 32;

    /// `networks`: addresses, or networks as "10.0.0.0/8", of either family.
    /// Errors: BadRequest naming the entry that is neither.
    static Result<TrustedProxies> of(const std::vector<std::string>& networks);

    /// The rightmost address of the header that is not trusted itself, when `peer` is; else `peer`.
    /// What is no address ends the search at the proxy that passed it on. Ports are left out.
    std::string client_of(const std::string& peer, std::string_view forwarded_for) const;

private:
    Networks networks_;
};

}  // namespace sluice::http
