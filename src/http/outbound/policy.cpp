#include "http/outbound/policy.h"

#include <algorithm>

#include "core/fields.h"

namespace sluice::http {
namespace {

// Nobody has business there that is not the machine's own: link-local addresses, where clouds tell
// a machine its secrets, other addresses of the same kind, and what names no single machine.
const Networks& closed_networks() {
    static const Networks networks =
        Networks::of({"169.254.0.0/16", "fe80::/10", "100.100.100.200", "168.63.129.16",
                      "192.0.0.192", "fd00:ec2::254", "fd20:ce::254", "0.0.0.0/8",
                      "::", "224.0.0.0/4", "ff00::/8", "255.255.255.255"})
            .value();
    return networks;
}

bool starts_with(const Address& address, std::initializer_list<std::uint8_t> bytes) {
    return std::equal(bytes.begin(), bytes.end(), address.begin());
}

// The IPv4 address that a gateway on the way would send it on to.
std::optional<Address> embedded_v4(const Address& address) {
    if (starts_with(address, {0x00, 0x64, 0xFF, 0x9B})) {
        return mapped(address.data() + 12);  // NAT64, RFC 6052 and RFC 8215
    }
    if (starts_with(address, {0x20, 0x02})) {
        return mapped(address.data() + 2);  // 6to4
    }
    if (starts_with(address, {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0}) && address[12] != 0) {
        return mapped(address.data() + 12);  // IPv4-compatible
    }
    return std::nullopt;
}

bool is_name(std::string_view text) {
    const std::string_view plain = text.starts_with("*.") ? text.substr(2) : text;
    return !plain.empty() && plain.size() <= 253 && std::ranges::all_of(plain, [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '.' || c == '_';
    });
}

Error refused(std::string_view host) {
    return {ErrorKind::Forbidden,
            "Calls to '" + std::string(host) + "' are not allowed on this instance."};
}

}  // namespace

bool OutboundPolicy::List::names_host(std::string_view host) const {
    return std::ranges::any_of(names, [host](std::string_view name) {
        return name.starts_with("*.") ? host.size() >= name.size() && host.ends_with(name.substr(1))
                                      : host == name;
    });
}

Result<OutboundPolicy::List> OutboundPolicy::read(const std::vector<std::string>& entries) {
    List list;
    std::vector<std::string> networks;
    for (const std::string& entry : entries) {
        const std::string text = lower_case(entry);
        if (read_address(std::string_view(text).substr(0, text.find('/')))) {
            networks.push_back(text);
        } else if (is_name(text)) {
            list.names.push_back(text);
        } else {
            return fail(ErrorKind::BadRequest,
                        "'" + entry +
                            "' is no host, no address and no network such as "
                            "10.0.0.0/8.");
        }
    }
    SLUICE_TRY(list.networks, Networks::of(networks));
    return list;
}

Result<OutboundPolicy> OutboundPolicy::of(const std::vector<std::string>& allow,
                                          const std::vector<std::string>& refuse) {
    OutboundPolicy policy;
    policy.has_allow_ = !allow.empty();
    SLUICE_TRY(policy.allow_, read(allow));
    SLUICE_TRY(policy.refuse_, read(refuse));
    return policy;
}

Status OutboundPolicy::judge_host(std::string_view host) const {
    const std::optional<Address> address = read_address(host);
    const bool is_refused =
        refuse_.names_host(host) ||
        (address ? !allows(host, *address)
                 : has_allow_ && !allow_.names_host(host) && allow_.networks.empty());
    return is_refused ? Status(fail(refused(host))) : Status();
}

bool OutboundPolicy::allows(std::string_view host, const Address& address) const {
    const std::optional<Address> inner = embedded_v4(address);
    const auto in = [&](const Networks& networks) {
        return networks.contains(address) || (inner && networks.contains(*inner));
    };
    if (in(refuse_.networks) || refuse_.names_host(host)) {
        return false;
    }
    // Only by address: whoever owns a name decides what it leads to.
    if (in(closed_networks()) && !allow_.networks.contains(address)) {
        return false;
    }
    return !has_allow_ || allow_.names_host(host) || allow_.networks.contains(address);
}

}  // namespace sluice::http
