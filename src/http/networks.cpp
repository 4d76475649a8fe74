#include "http/networks.h"

#include <algorithm>
#include <charconv>

#include <arpa/inet.h>

namespace sluice::http {
namespace {

constexpr std::array<std::uint8_t, 12> kMapped{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xFF, 0xFF};
constexpr unsigned kMappedBits = 96;
// "[" + the longest IPv6 address + "]:65535"
constexpr std::size_t kLongest = INET6_ADDRSTRLEN + 8;

}  // namespace

std::optional<Address> read_address(std::string_view text) {
    const std::string plain(text.substr(0, std::min(text.find('%'), text.size())));
    if (plain.empty() || text.size() > kLongest || plain.find('\0') != std::string::npos) {
        return std::nullopt;
    }
    Address address{};
    if (inet_pton(AF_INET6, plain.c_str(), address.data()) == 1) {
        return address;
    }
    std::ranges::copy(kMapped, address.begin());
    if (inet_pton(AF_INET, plain.c_str(), address.data() + kMapped.size()) == 1) {
        return address;
    }
    return std::nullopt;
}

Address mapped(const std::uint8_t* v4) {
    Address address{};
    std::copy_n(v4, 4, std::ranges::copy(kMapped, address.begin()).out);
    return address;
}

std::string text_of(const Address& address) {
    std::array<char, INET6_ADDRSTRLEN> text{};
    const bool is_v4 = std::equal(kMapped.begin(), kMapped.end(), address.begin());
    inet_ntop(is_v4 ? AF_INET : AF_INET6, address.data() + (is_v4 ? kMapped.size() : 0),
              text.data(), text.size());
    return text.data();
}

Result<Networks> Networks::of(const std::vector<std::string>& networks) {
    Networks all;
    for (const std::string& entry : networks) {
        const std::size_t slash = entry.find('/');
        const std::string_view address = std::string_view(entry).substr(0, slash);
        const std::optional<Address> read = read_address(address);
        Network network{read.value_or(Address()), 128};
        bool is_good = read.has_value();
        if (is_good && slash != std::string::npos) {
            const std::string_view bits = std::string_view(entry).substr(slash + 1);
            const auto [end, code] =
                std::from_chars(bits.data(), bits.data() + bits.size(), network.bits);
            const unsigned before = address.find(':') == std::string_view::npos ? kMappedBits : 0;
            is_good = code == std::errc() && end == bits.data() + bits.size() &&
                      network.bits <= 128 - before;
            network.bits += before;
        }
        if (!is_good) {
            return fail(ErrorKind::BadRequest,
                        "'" + entry + "' is no address and no network such as 10.0.0.0/8.");
        }
        all.networks_.push_back(network);
    }
    return all;
}

bool Networks::contains(const Address& address) const {
    return std::ranges::any_of(networks_, [&address](const Network& network) {
        const std::size_t whole = network.bits / 8;
        if (!std::equal(address.begin(), address.begin() + static_cast<std::ptrdiff_t>(whole),
                        network.address.begin())) {
            return false;
        }
        const unsigned rest = network.bits % 8;
        return rest == 0 || ((address.at(whole) ^ network.address.at(whole)) >> (8U - rest)) == 0;
    });
}

}  // namespace sluice::http
