#include "store/digest.h"

#include <array>
#include <stdexcept>

#include <openssl/sha.h>
#include <sys/random.h>

namespace sluice::store {
namespace {

std::string hex_of(const unsigned char* bytes, std::size_t count) {
    static constexpr char kHex[] = "0123456789abcdef";
    std::string out;
    out.reserve(count * 2);
    for (std::size_t i = 0; i < count; ++i) {
        out.push_back(kHex[bytes[i] >> 4U]);
        out.push_back(kHex[bytes[i] & 0xFU]);
    }
    return out;
}

}  // namespace

std::string sha256_hex(std::string_view text) {
    std::array<unsigned char, SHA256_DIGEST_LENGTH> digest{};
    SHA256(reinterpret_cast<const unsigned char*>(text.data()), text.size(), digest.data());
    return hex_of(digest.data(), digest.size());
}

std::string random_hex(std::size_t bytes) {
    std::string raw(bytes, '\0');
    // Up to 256 bytes come whole or not at all.
    if (::getrandom(raw.data(), raw.size(), 0) != static_cast<ssize_t>(bytes)) {
        throw std::runtime_error("the system's random generator does not answer");
    }
    return hex_of(reinterpret_cast<const unsigned char*>(raw.data()), raw.size());
}

}  // namespace sluice::store
