#include "services/sql/base64.h"

#include <array>
#include <cstdint>

namespace sluice::services::sql {
namespace {

constexpr std::string_view kAlphabet =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
constexpr std::uint8_t kNoDigit = 255;

constexpr std::array<std::uint8_t, 256> make_digits() {
    std::array<std::uint8_t, 256> digits{};
    digits.fill(kNoDigit);
    for (std::size_t i = 0; i < kAlphabet.size(); ++i) {
        digits.at(static_cast<unsigned char>(kAlphabet[i])) = static_cast<std::uint8_t>(i);
    }
    return digits;
}
constexpr auto kDigits = make_digits();

}  // namespace

void append_base64(std::string& out, std::string_view bytes) {
    out.reserve(out.size() + (bytes.size() + 2) / 3 * 4);
    for (std::size_t i = 0; i < bytes.size(); i += 3) {
        const std::size_t left = bytes.size() - i;
        const auto at = [&](std::size_t k) {
            return k < left ? static_cast<std::uint32_t>(static_cast<unsigned char>(bytes[i + k]))
                            : 0U;
        };
        const std::uint32_t group = at(0) << 16U | at(1) << 8U | at(2);
        out.push_back(kAlphabet[group >> 18U]);
        out.push_back(kAlphabet[group >> 12U & 63U]);
        out.push_back(left > 1 ? kAlphabet[group >> 6U & 63U] : '=');
        out.push_back(left > 2 ? kAlphabet[group & 63U] : '=');
    }
}

std::optional<std::string> from_base64(std::string_view text) {
    if (text.size() % 4 != 0) {
        return std::nullopt;
    }
    std::string out;
    out.reserve(text.size() / 4 * 3);
    for (std::size_t i = 0; i < text.size(); i += 4) {
        const bool is_last = i + 4 == text.size();
        const std::size_t padding =
            !is_last || text[i + 3] != '=' ? 0U : (text[i + 2] == '=' ? 2U : 1U);
        std::uint32_t group = 0;
        for (std::size_t k = 0; k < 4; ++k) {
            const bool is_padding = k >= 4 - padding;
            const std::uint8_t digit = kDigits.at(static_cast<unsigned char>(text[i + k]));
            if (!is_padding && digit == kNoDigit) {
                return std::nullopt;
            }
            group = group << 6U | (is_padding ? 0U : digit);
        }
        out.push_back(static_cast<char>(group >> 16U & 255U));
        if (padding < 2) {
            out.push_back(static_cast<char>(group >> 8U & 255U));
        }
        if (padding < 1) {
            out.push_back(static_cast<char>(group & 255U));
        }
    }
    return out;
}

}  // namespace sluice::services::sql
