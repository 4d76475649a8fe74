#include "http/outbound/url.h"

#include <algorithm>
#include <memory>
#include <optional>

#include <curl/curl.h>

#include "core/fields.h"

namespace sluice::http {
namespace {

constexpr std::size_t kLongest = 16UL * 1024;

Error no_url(std::string_view why) {
    return {ErrorKind::BadRequest, "The URL of a call to another server " + std::string(why) + "."};
}

// Scripts put values into URLs as they are: what cannot stand there is encoded, as browsers do.
std::string encoded(std::string_view text) {
    constexpr std::string_view kHex = "0123456789ABCDEF";
    constexpr std::string_view kNever = "\"<>\\^`{|}";
    std::string out;
    for (const char c : text) {
        const auto byte = static_cast<unsigned char>(c);
        if (byte <= 0x20 || byte >= 0x7F || kNever.find(c) != std::string_view::npos) {
            out.push_back('%');
            out.push_back(kHex[byte >> 4U]);
            out.push_back(kHex[byte & 15U]);
        } else {
            out.push_back(c);
        }
    }
    return out;
}

using Url = std::unique_ptr<CURLU, decltype(&curl_url_cleanup)>;

std::optional<std::string> part_of(CURLU* url, CURLUPart part, unsigned flags = 0) {
    char* text = nullptr;
    if (curl_url_get(url, part, &text, flags) != CURLUE_OK) {
        return std::nullopt;
    }
    const std::unique_ptr<char, decltype(&curl_free)> owned(text, &curl_free);
    return std::string(text);
}

}  // namespace

// Read by libcurl, which will connect to it: two readers of one URL may see two hosts.
Result<OutboundUrl> read_outbound_url(std::string_view text) {
    if (text.size() > kLongest) {
        return fail(no_url("is longer than 16 KB"));
    }
    // Of scheme and host nothing is mended: what is odd there may be meant to mislead.
    const std::size_t slashes = text.find("//");
    const std::size_t rest = slashes == std::string_view::npos
                                 ? text.size()
                                 : std::min(text.find_first_of("/?#", slashes + 2), text.size());
    const std::string whole = std::string(text.substr(0, rest)).append(encoded(text.substr(rest)));
    if (whole.find_first_of(std::string_view(" \\\0", 3)) != std::string::npos) {
        return fail(no_url("is none"));
    }
    const Url url(curl_url(), &curl_url_cleanup);
    if (!url || curl_url_set(url.get(), CURLUPART_URL, whole.c_str(), 0) != CURLUE_OK) {
        return fail(no_url("is none"));
    }
    const std::string scheme = part_of(url.get(), CURLUPART_SCHEME).value_or("");
    if (scheme != "http" && scheme != "https") {
        return fail(no_url("must be of http or https"));
    }
    if (part_of(url.get(), CURLUPART_USER) || part_of(url.get(), CURLUPART_PASSWORD)) {
        return fail(no_url("must not hold a user or a password; send a header Authorization"));
    }
    OutboundUrl out;
    out.host = lower_case(part_of(url.get(), CURLUPART_HOST).value_or(""));
    if (out.host.starts_with('[') && out.host.ends_with(']')) {
        out.host = out.host.substr(1, out.host.size() - 2);
    }
    while (out.host.ends_with('.')) {
        out.host.pop_back();
    }
    if (out.host.empty()) {
        return fail(no_url("names no host"));
    }
    const std::string port = part_of(url.get(), CURLUPART_PORT, CURLU_DEFAULT_PORT).value_or("");
    out.origin = scheme + "://" + out.host + ":" + port;
    curl_url_set(url.get(), CURLUPART_FRAGMENT, nullptr, 0);
    out.text = part_of(url.get(), CURLUPART_URL).value_or("");
    return out;
}

}  // namespace sluice::http
