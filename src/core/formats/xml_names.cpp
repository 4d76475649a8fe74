#include "core/formats/xml_names.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cstdint>

#include "core/utf8.h"

namespace sluice {
namespace {

struct Letters {
    char32_t first;
    char32_t last;
};

// Letters that both the first and the fifth edition of XML 1.0 take at the start of a name: expat
// and others read by the old tables.
constexpr std::array kLetters{
    Letters{0x00C0, 0x00D6}, Letters{0x00D8, 0x00F6}, Letters{0x00F8, 0x0131},
    Letters{0x0141, 0x0148}, Letters{0x014A, 0x017E}, Letters{0x038E, 0x03A1},
    Letters{0x03A3, 0x03CE}, Letters{0x0401, 0x040C}, Letters{0x040E, 0x044F},
    Letters{0x0451, 0x045C}, Letters{0x045E, 0x0481}, Letters{0x05D0, 0x05EA},
    Letters{0x0621, 0x063A}, Letters{0x0641, 0x064A}, Letters{0x0905, 0x0939},
    Letters{0x0E01, 0x0E2E}, Letters{0x3041, 0x3094}, Letters{0x30A1, 0x30FA},
    Letters{0x4E00, 0x9FA5}, Letters{0xAC00, 0xD7A3},
};

bool is_ascii_letter(char32_t code) {
    return (code >= 'a' && code <= 'z') || (code >= 'A' && code <= 'Z');
}

bool may_begin(char32_t code) {
    return code < 0x80 ? is_ascii_letter(code) || code == '_'
                       : std::ranges::any_of(kLetters, [code](const Letters& letters) {
                             return code >= letters.first && code <= letters.last;
                         });
}

bool may_follow(char32_t code) {
    return may_begin(code) || (code >= '0' && code <= '9') || code == '-' || code == '.';
}

char32_t decode(std::string_view bytes) {
    const auto byte = [bytes](std::size_t i) {
        return static_cast<char32_t>(static_cast<unsigned char>(bytes[i]));
    };
    switch (bytes.size()) {
        case 1:
            return byte(0);
        case 2:
            return (byte(0) & 0x1FU) << 6U | (byte(1) & 0x3FU);
        case 3:
            return (byte(0) & 0x0FU) << 12U | (byte(1) & 0x3FU) << 6U | (byte(2) & 0x3FU);
        default:
            return (byte(0) & 0x07U) << 18U | (byte(1) & 0x3FU) << 12U | (byte(2) & 0x3FU) << 6U |
                   (byte(3) & 0x3FU);
    }
}

void append_utf8(std::string& out, char32_t code) {
    const auto push = [&out](char32_t byte) { out.push_back(static_cast<char>(byte)); };
    if (code < 0x80) {
        push(code);
    } else if (code < 0x800) {
        push(0xC0U | code >> 6U);
        push(0x80U | (code & 0x3FU));
    } else if (code < 0x10000) {
        push(0xE0U | code >> 12U);
        push(0x80U | (code >> 6U & 0x3FU));
        push(0x80U | (code & 0x3FU));
    } else {
        push(0xF0U | code >> 18U);
        push(0x80U | (code >> 12U & 0x3FU));
        push(0x80U | (code >> 6U & 0x3FU));
        push(0x80U | (code & 0x3FU));
    }
}

void append_escape(std::string& out, char32_t code) {
    std::array<char, 8> digits{};
    const auto* end =
        std::to_chars(digits.data(), digits.data() + digits.size(), std::uint32_t{code}, 16).ptr;
    const auto count = static_cast<std::size_t>(end - digits.data());
    out.append("_x").append(count < 4 ? 4 - count : 0, '0');
    std::for_each_n(digits.begin(), count, [&out](char digit) {
        out.push_back(digit >= 'a' ? static_cast<char>(digit - 'a' + 'A') : digit);
    });
    out.push_back('_');
}

struct Escape {
    std::size_t length = 0;
    char32_t code = 0;
};

/// The escape that `text` begins with; of length 0 when it begins with none.
Escape escape_at(std::string_view text) {
    if (!text.starts_with("_x")) {
        return {};
    }
    const std::size_t end = text.find('_', 2);
    if (end == std::string_view::npos || end < 6 || end > 8) {
        return {};
    }
    std::uint32_t code = 0;
    const auto [stop, error] = std::from_chars(text.data() + 2, text.data() + end, code, 16);
    if (error != std::errc() || stop != text.data() + end || code > 0x10FFFF ||
        (code >= 0xD800 && code <= 0xDFFF)) {
        return {};
    }
    return {end + 1, char32_t{code}};
}

bool is_plain(std::string_view name) {
    return !name.empty() && is_ascii_letter(static_cast<unsigned char>(name.front())) &&
           std::ranges::all_of(name, [](char c) {
               return is_ascii_letter(static_cast<unsigned char>(c)) || (c >= '0' && c <= '9');
           });
}

}  // namespace

void append_xml_name(std::string& out, std::string_view name) {
    if (is_plain(name)) {
        out.append(name);
        return;
    }
    if (name.empty() || name == "_x_") {
        out.append(name.empty() ? "_x_" : "_x005F_x_");
        return;
    }
    for (std::size_t at = 0; at < name.size();) {
        const std::size_t length = std::max<std::size_t>(utf8_length_at(name, at), 1);
        const std::string_view bytes = name.substr(at, length);
        const char32_t code = decode(bytes);
        const bool is_taken = at == 0 ? may_begin(code) : may_follow(code);
        if (is_taken && (code != '_' || escape_at(name.substr(at)).length == 0)) {
            out.append(bytes);
        } else {
            append_escape(out, code);
        }
        at += length;
    }
}

std::string name_of_xml(std::string_view xml_name) {
    std::string name;
    if (xml_name == "_x_") {
        return name;
    }
    for (std::size_t at = 0; at < xml_name.size();) {
        const Escape escape = escape_at(xml_name.substr(at));
        if (escape.length == 0) {
            name.push_back(xml_name[at++]);
        } else {
            append_utf8(name, escape.code);
            at += escape.length;
        }
    }
    return name;
}

}  // namespace sluice
