#include "http/forwarded.h"

#include <algorithm>

#include "core/fields.h"

namespace sluice::http {
namespace {

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

Result<TrustedProxies> TrustedProxies::of(const std::vector<std::string>& networks) {
    TrustedProxies proxies;
    SLUICE_TRY(proxies.networks_, Networks::of(networks));
    return proxies;
}

std::string TrustedProxies::client_of(const std::string& peer,
                                      std::string_view forwarded_for) const {
    const std::optional<Address> nearest = networks_.empty() ? std::nullopt : read_address(peer);
    if (!nearest || !networks_.contains(*nearest)) {
        return peer;
    }
    std::string client = peer;
    for (std::size_t hop = 0; hop < kMaxHops && !forwarded_for.empty(); ++hop) {
        const std::size_t comma = forwarded_for.rfind(',');
        const bool is_last = comma == std::string_view::npos;
        const std::string_view entry = trimmed(forwarded_for.substr(is_last ? 0 : comma + 1));
        const std::optional<Address> address = read_address(without_port(entry));
        if (!address) {
            return client;
        }
        client = text_of(*address);
        if (!networks_.contains(*address)) {
            return client;
        }
        forwarded_for = forwarded_for.substr(0, is_last ? 0 : comma);
    }
    return client;
}

}  // namespace sluice::http
