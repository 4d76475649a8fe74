#include "services/sql/odbc/wide_text.h"

#include <algorithm>
#include <cstdint>

namespace sluice::services::sql {
namespace {

constexpr char32_t kReplacement = 0xFFFD;

bool is_tail(unsigned char c) {
    return (c & 0xC0U) == 0x80U;
}

/// The character at `at`, which moves behind it.
char32_t next_character(std::string_view text, std::size_t& at) {
    const auto byte = [text](std::size_t i) { return static_cast<unsigned char>(text[i]); };
    const unsigned char first = byte(at++);
    if (first < 0x80) {
        return first;
    }
    const std::size_t tails = first >= 0xF0 ? 3 : first >= 0xE0 ? 2 : first >= 0xC2 ? 1 : 0;
    if (tails == 0 || first > 0xF4) {
        return kReplacement;
    }
    char32_t character = first & (0x3FU >> tails);
    for (std::size_t i = 0; i < tails; ++i) {
        if (at == text.size() || !is_tail(byte(at))) {
            return kReplacement;
        }
        character = (character << 6) | (byte(at++) & 0x3FU);
    }
    constexpr char32_t kLeast[] = {0, 0x80, 0x800, 0x10000};
    const bool is_surrogate = character >= 0xD800 && character < 0xE000;
    return character < kLeast[tails] || is_surrogate || character > 0x10FFFF ? kReplacement
                                                                             : character;
}

void append_character(std::string& out, char32_t character) {
    const auto tail = [&](int shift) {
        out.push_back(static_cast<char>(0x80U | ((character >> shift) & 0x3FU)));
    };
    if (character < 0x80) {
        out.push_back(static_cast<char>(character));
    } else if (character < 0x800) {
        out.push_back(static_cast<char>(0xC0U | (character >> 6)));
        tail(0);
    } else if (character < 0x10000) {
        out.push_back(static_cast<char>(0xE0U | (character >> 12)));
        tail(6);
        tail(0);
    } else {
        out.push_back(static_cast<char>(0xF0U | (character >> 18)));
        tail(12);
        tail(6);
        tail(0);
    }
}

bool is_high(char16_t unit) {
    return unit >= 0xD800 && unit < 0xDC00;
}

bool is_low(char16_t unit) {
    return unit >= 0xDC00 && unit < 0xE000;
}

}  // namespace

std::u16string wide_of(std::string_view text) {
    std::u16string out;
    out.reserve(text.size());
    for (std::size_t at = 0; at < text.size();) {
        const char32_t character = next_character(text, at);
        if (character < 0x10000) {
            out.push_back(static_cast<char16_t>(character));
        } else {
            out.push_back(static_cast<char16_t>(0xD7C0 + (character >> 10)));
            out.push_back(static_cast<char16_t>(0xDC00 | (character & 0x3FF)));
        }
    }
    return out;
}

void append_narrow(std::string& out, std::u16string_view wide) {
    for (std::size_t at = 0; at < wide.size(); ++at) {
        const char16_t unit = wide[at];
        if (is_high(unit) && at + 1 < wide.size() && is_low(wide[at + 1])) {
            append_character(out, 0x10000U + ((unit - 0xD800U) << 10) + (wide[++at] - 0xDC00U));
        } else {
            append_character(out, is_high(unit) || is_low(unit) ? kReplacement : unit);
        }
    }
}

bool is_ascii(std::string_view text) {
    return std::ranges::all_of(text, [](char c) { return static_cast<unsigned char>(c) < 0x80; });
}

}  // namespace sluice::services::sql
