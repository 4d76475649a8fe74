#pragma once
/// Addresses, and networks of them as configurations name them. Pure.

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/result.h"

namespace sluice::http {

/// IPv4 as IPv6 has it: ::ffff:0:0/96.
using Address = std::array<std::uint8_t, 16>;

/// Without brackets or port; what follows a `%` is left out. Unset for what is no address.
std::optional<Address> read_address(std::string_view text);
/// From the four bytes of an IPv4 address.
Address mapped(const std::uint8_t* v4);
std::string text_of(const Address& address);

class Networks {
public:
    /// `networks`: addresses, or networks as "10.0.0.0/8", of either family.
    /// Errors: BadRequest naming the entry that is neither.
    static Result<Networks> of(const std::vector<std::string>& networks);

    bool contains(const Address& address) const;
    bool empty() const { return networks_.empty(); }

private:
    struct Network {
        Address address{};
        unsigned bits = 128;
    };
    std::vector<Network> networks_;
};

}  // namespace sluice::http
