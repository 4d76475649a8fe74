#include "access/base64url.h"

#include <cstdint>

namespace sluice::access {
namespace {

constexpr std::string_view kUrlAlphabet =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
constexpr std::string_view kAlphabet =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

std::optional<std::string> decoded(std::string_view text, std::string_view alphabet) {
    std::string out;
    out.reserve(text.size() * 3 / 4);
    std::uint32_t bits = 0;
    unsigned count = 0;
    for (const char c : text) {
        const std::size_t value = alphabet.find(c);
        if (value == std::string_view::npos) {
            return std::nullopt;
        }
        bits = bits << 6U | static_cast<std::uint32_t>(value);
        count += 6;
        if (count >= 8) {
            count -= 8;
            out.push_back(static_cast<char>(bits >> count & 0xFFU));
        }
    }
    const bool has_rest = count >= 6 || (bits & ((1U << count) - 1U)) != 0;
    return has_rest ? std::nullopt : std::optional(std::move(out));
}

}  // namespace

std::string to_base64url(std::string_view bytes) {
    std::string out;
    out.reserve(bytes.size() * 4 / 3 + 3);
    std::uint32_t bits = 0;
    unsigned count = 0;
    for (const char c : bytes) {
        bits = bits << 8U | static_cast<unsigned char>(c);
        count += 8;
        while (count >= 6) {
            count -= 6;
            out.push_back(kUrlAlphabet[bits >> count & 63U]);
        }
    }
    if (count > 0) {
        out.push_back(kUrlAlphabet[bits << (6U - count) & 63U]);
    }
    return out;
}

std::optional<std::string> from_base64url(std::string_view text) {
    return decoded(text, kUrlAlphabet);
}

std::optional<std::string> from_base64(std::string_view text) {
    for (int i = 0; i < 2 && text.ends_with('='); ++i) {
        text.remove_suffix(1);
    }
    return decoded(text, kAlphabet);
}

}  // namespace sluice::access
