#pragma once
/// Where calls to other servers may go. Pure.
/// Source: docs/reference/configuration.md "Calls to other servers".

#include <string>
#include <string_view>
#include <vector>

#include "http/networks.h"

namespace sluice::http {

/// Threads: any, it never changes.
class OutboundPolicy {
public:
    /// An empty `allow` allows all that is not refused. Both take names (`api.example.com`,
    /// `*.example.com` for those below it), addresses and networks.
    /// Errors: BadRequest naming the entry that is none of these.
    static Result<OutboundPolicy> of(const std::vector<std::string>& allow,
                                     const std::vector<std::string>& refuse);

    /// By its name alone: `host` is in small letters, an IPv6 address without brackets.
    /// Errors: Forbidden.
    Status judge_host(std::string_view host) const;
    /// Whether the address that `host` has just been found to have may be connected to. Link-local
    /// addresses and those where clouds tell secrets of a machine are refused unless they are named
    /// in `allow`; so are the IPv6 addresses that stand for them.
    bool allows(std::string_view host, const Address& address) const;

private:
    struct List {
        std::vector<std::string> names;
        Networks networks;

        bool names_host(std::string_view host) const;
    };
    static Result<List> read(const std::vector<std::string>& entries);

    bool has_allow_ = false;
    List allow_;
    List refuse_;
};

}  // namespace sluice::http
