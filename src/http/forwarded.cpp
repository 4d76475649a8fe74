#include "http/forwarded.h"

#include <algorithm>
#include <charconv>

#include <arpa/inet.h>

#include "core/fields.h"

namespace sluice::http {
namespace {

constexpr std::array<std::uint8_t, 12> kMapped{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xFF, 0xFF};
constexpr unsigned kMappedBits = 96;
// "[" + the longest IPv6 address + "]:65535"
constexpr std::size_t kLongest = INET6_ADDRSTRLEN + 8;

bool is_port(std::string_view text) {
    return text.size() <= 6 && text.starts_with(':') && text.size() > 1 &&
           std::ranges::all_of(text.substr(1), [](char c) { return c >= '0' && c <= '9'; });
}

/// "[::1]:80", "[::1]", "10.0.0.1:80" -> the address alone; "" for what is none of these.
std::string_view without_port(std::string_view text) {
    if (text.starts_with('[')) {
        const std::size_t end = std::min(text.find(']'), text.size());
        const std::string_view rest = text.substr(std::min(end + 1, text.size()));
        return end == text.size() || (!rest.empty() && !is_port(rest)) ? std::string_view()
                                                                       : text.substr(1, end - 1);
    }
    const std::size_t colon = text.find(':');
    const bool has_port = colon != std::string_view::npos && is_port(text.substr(colon)) &&
                          text.substr(0, colon).find('.') != std::string_view::npos;
    return has_port ? text.substr(0, colon) : text;
}

}  // namespace

bool TrustedProxies::read_address(std::string_view text, Address& address) {
    const std::string plain(text.substr(0, std::min(text.find('%'), text.size())));
    if (plain.empty() || text.size() > kLongest || plain.find('\0') != std::string::npos) {
        return false;
    }
    if (inet_pton(AF_INET6, plain.c_str(), address.data()) == 1) {
        return true;
    }
    std::ranges::copy(kMapped, address.begin());
    return inet_pton(AF_INET, plain.c_str(), address.data() + kMapped.size()) == 1;
}

std::string TrustedProxies::text_of(const Address& address) {
    std::array<char, INET6_ADDRSTRLEN> text{};
    const bool is_v4 = std::equal(kMapped.begin(), kMapped.end(), address.begin());
    inet_ntop(is_v4 ? AF_INET : AF_INET6, address.data() + (is_v4 ? kMapped.size() : 0),
              text.data(), text.size());
    return text.data();
}

Result<TrustedProxies> TrustedProxies::of(const std::vector<std::string>& networks) {
    TrustedProxies proxies;
    for (const std::string& entry : networks) {
        const std::size_t slash = entry.find('/');
        const std::string_view address = std::string_view(entry).substr(0, slash);
        Network network;
        bool is_good = read_address(address, network.address);
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
        proxies.networks_.push_back(network);
    }
    return proxies;
}

bool TrustedProxies::is_trusted(const Address& address) const {
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

std::string TrustedProxies::client_of(const std::string& peer,
                                      std::string_view forwarded_for) const {
    Address address{};
    if (networks_.empty() || !read_address(peer, address) || !is_trusted(address)) {
        return peer;
    }
    std::string client = peer;
    for (std::size_t hop = 0; hop < kMaxHops && !forwarded_for.empty(); ++hop) {
        const std::size_t comma = forwarded_for.rfind(',');
        const bool is_last = comma == std::string_view::npos;
        const std::string_view entry = trimmed(forwarded_for.substr(is_last ? 0 : comma + 1));
        if (!read_address(without_port(entry), address)) {
            return client;
        }
        client = text_of(address);
        if (!is_trusted(address)) {
            return client;
        }
        forwarded_for = forwarded_for.substr(0, is_last ? 0 : comma);
    }
    return client;
}

}  // namespace sluice::http
