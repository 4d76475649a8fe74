/// Any bytes are a token that the server did not sign, or claims that it did, or Unauthorized.

#include <array>
#include <cstdint>
#include <cstdlib>
#include <string>

#include <openssl/evp.h>
#include <openssl/hmac.h>

#include "access/base64url.h"
#include "access/token.h"

namespace {

using namespace sluice;
using namespace sluice::access;

constexpr std::string_view kKey = "0123456789abcdef0123456789abcdef";

std::string signed_token(std::string_view claims) {
    std::string text = to_base64url(R"({"typ":"JWT","alg":"HS256"})") + "." + to_base64url(claims);
    std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
    unsigned size = 0;
    HMAC(EVP_sha256(), kKey.data(), static_cast<int>(kKey.size()),
         reinterpret_cast<const unsigned char*>(text.data()), text.size(), digest.data(), &size);
    text += ".";
    return text + to_base64url({reinterpret_cast<const char*>(digest.data()), size});
}

void require(bool holds) {
    if (!holds) {
        std::abort();
    }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view text(reinterpret_cast<const char*>(data), size);
    require(!read_token(text, kKey));
    const auto claims = read_token(signed_token(text), kKey);
    require(claims.has_value() || claims.error().kind() == ErrorKind::Unauthorized);
    if (claims) {
        const auto again = read_token(sign_token(*claims, kKey), kKey);
        require(again && again->user_id == claims->user_id && again->exp == claims->exp);
    }
    if (const auto bytes = from_base64url(text)) {
        require(to_base64url(*bytes) == text);
    }
    static_cast<void>(from_base64(text));
    return 0;
}
