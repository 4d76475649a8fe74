#include "access/token.h"

#include <array>

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>

#include "access/base64url.h"
#include "core/json.h"

namespace sluice::access {
namespace {

// Ours are some 350 bytes.
constexpr std::size_t kMaxTokenBytes = 4096;

constexpr std::string_view kHeader = R"({"typ":"JWT","alg":"HS256"})";

std::string hmac_of(std::string_view text, std::string_view key) {
    std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
    unsigned size = 0;
    HMAC(EVP_sha256(), key.data(), static_cast<int>(key.size()),
         reinterpret_cast<const unsigned char*>(text.data()), text.size(), digest.data(), &size);
    return {reinterpret_cast<const char*>(digest.data()), size};
}

bool is_same(std::string_view a, std::string_view b) {
    return a.size() == b.size() && CRYPTO_memcmp(a.data(), b.data(), a.size()) == 0;
}

tl::unexpected<Error> invalid(std::string_view why) {
    return fail(ErrorKind::Unauthorized, "Invalid token: " + std::string(why));
}

Result<json::object> object_of(std::string_view part) {
    const auto text = from_base64url(part);
    if (!text) {
        return invalid("a part of it is not base64url.");
    }
    auto parsed = parse_json(*text, "token");
    if (!parsed || !parsed->is_object()) {
        return invalid("a part of it is not a JSON object.");
    }
    return std::move(parsed->get_object());
}

Result<Claims> claims_of(const json::object& object) {
    // Every claim must be there, and of its type: a reader's defaults would turn a token without
    // an end into one that is merely old.
    for (const char* name : {"user_id", "iat", "exp"}) {
        const json::value* value = object.if_contains(name);
        if (value == nullptr || !value->is_int64()) {
            return invalid(std::string("claim '") + name + "' is missing.");
        }
    }
    Claims claims;
    claims.user_id = object.at("user_id").get_int64();
    claims.iat = object.at("iat").get_int64();
    claims.exp = object.at("exp").get_int64();
    claims.sub = text_or(object, "sub", "");
    claims.jti = text_or(object, "jti", "");
    claims.forever = boolean_or(object, "forever", false);
    return claims;
}

}  // namespace

std::string sign_token(const Claims& claims, std::string_view key) {
    const json::object payload{{"sub", claims.sub},         {"user_id", claims.user_id},
                               {"iat", claims.iat},         {"exp", claims.exp},
                               {"forever", claims.forever}, {"jti", claims.jti}};
    std::string token = to_base64url(kHeader) + "." + to_base64url(json::serialize(payload));
    const std::string signature = hmac_of(token, key);
    return token.append(".").append(to_base64url(signature));
}

Result<Claims> read_token(std::string_view token, std::string_view key) {
    const std::size_t first = token.find('.');
    const std::size_t second = first == std::string_view::npos ? first : token.find('.', first + 1);
    if (token.size() > kMaxTokenBytes || second == std::string_view::npos ||
        token.find('.', second + 1) != std::string_view::npos) {
        return invalid("it does not have three parts.");
    }
    const auto signature = from_base64url(token.substr(second + 1));
    if (!signature || !is_same(*signature, hmac_of(token.substr(0, second), key))) {
        return invalid("its signature could not be verified.");
    }
    SLUICE_TRY(const json::object header, object_of(token.substr(0, first)));
    if (text_or(header, "alg", "") != "HS256" || header.contains("crit")) {
        return invalid("its algorithm is not allowed.");
    }
    SLUICE_TRY(const json::object payload, object_of(token.substr(first + 1, second - first - 1)));
    return claims_of(payload);
}

std::string subject_of(std::string_view email) {
    static constexpr char kHex[] = "0123456789abcdef";
    std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
    unsigned size = 0;
    EVP_Digest(email.data(), email.size(), digest.data(), &size, EVP_md5(), nullptr);
    std::string out;
    for (unsigned i = 0; i < size; ++i) {
        out.push_back(kHex[digest[i] >> 4U]);
        out.push_back(kHex[digest[i] & 0xFU]);
    }
    return out;
}

}  // namespace sluice::access
