// Whatever arrives as a request target must come out decoded and bounded, or be refused.

#include <cstdint>
#include <cstdlib>

#include "core/utf8.h"
#include "http/parse.h"
#include "http/target.h"

namespace {

void require(bool holds) {
    if (!holds) {
        std::abort();
    }
}

void read_target(std::string_view bytes) {
    sluice::Request request;
    if (!sluice::http::read_target(bytes, 16, request)) {
        return;
    }
    require(request.uri == bytes);
    require(!request.path.empty() && request.path.front() == '/');
    require(request.path.find('\0') == std::string::npos && sluice::is_utf8(request.path));
    require(request.parameters.size() <= 16);
    for (const auto& [name, value] : request.parameters) {
        require(sluice::is_utf8(name) && sluice::is_utf8(value));
    }
}

// A whole message, given in two parts: where it is cut must change nothing about what it means.
void read_message(std::string_view bytes) {
    sluice::http::ServerConfig config;
    config.max_header_bytes = 512;
    config.max_body_bytes = 256;
    sluice::http::RequestParser whole(config);
    const auto all = whole.put(bytes);
    require(!all || *all <= bytes.size());
    require(whole.body_bytes() <= config.max_body_bytes);
    if (!all || !whole.is_done()) {
        return;
    }
    sluice::http::RequestParser cut(config);
    const std::string_view first = bytes.substr(0, *all / 2);
    const auto taken = cut.put(first);
    require(taken.has_value());
    if (!cut.is_done()) {
        require(cut.put(bytes.substr(*taken)).has_value());
    }
    require(cut.is_done());
    require(cut.request().uri == whole.request().uri);
    require(cut.request().content == whole.request().content);
    require(cut.request().headers == whole.request().headers);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view bytes(reinterpret_cast<const char*>(data), size);
    read_target(bytes);
    read_message(bytes);
    return 0;
}
