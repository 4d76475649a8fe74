#include "core/json.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <charconv>

#include "core/utf8.h"

namespace sluice {

std::string too_deep(std::string_view what) {
    return "The JSON in the " + std::string(what) + " is nested deeper than " +
           std::to_string(kMaxJsonDepth) + " levels.";
}

Result<json::value> parse_json(std::string_view text, std::string_view what) {
    json::parse_options options;
    options.max_depth = kMaxJsonDepth;
    options.allow_invalid_utf8 = false;
    json::stream_parser parser({}, options);
    json::error_code code;
    const std::size_t used = parser.write(text.data(), text.size(), code);
    if (!code) {
        parser.finish(code);
    }
    if (code == json::error::too_deep) {
        return fail(ErrorKind::BadRequest, too_deep(what));
    }
    if (code) {
        return fail(Error(ErrorKind::BadRequest,
                          "Invalid or malformed JSON in the " + std::string(what) + " at byte " +
                              std::to_string(used) + ": " + code.message() + "."));
    }
    return parser.release();
}

void append_json_string(std::string& out, std::string_view text) {
    static constexpr char kHex[] = "0123456789abcdef";
    out.push_back('"');
    std::size_t plain = 0;  // start of the run not yet copied
    std::size_t i = 0;
    const auto flush = [&] { out.append(text.substr(plain, i - plain)); };
    while (i < text.size()) {
        const auto byte = static_cast<unsigned char>(text[i]);
        if (byte >= 0x20 && byte < 0x80 && byte != '"' && byte != '\\') {
            ++i;
            continue;
        }
        if (byte >= 0x80) {
            const std::size_t length = utf8_length_at(text, i);
            if (length != 0) {
                i += length;
                continue;
            }
            flush();
            out.append("\xEF\xBF\xBD");
            plain = ++i;
            continue;
        }
        flush();
        switch (byte) {
            case '"':
                out.append("\\\"");
                break;
            case '\\':
                out.append("\\\\");
                break;
            case '\n':
                out.append("\\n");
                break;
            case '\r':
                out.append("\\r");
                break;
            case '\t':
                out.append("\\t");
                break;
            default:
                out.append("\\u00");
                out.push_back(kHex[byte >> 4U]);
                out.push_back(kHex[byte & 0xFU]);
        }
        plain = ++i;
    }
    flush();
    out.push_back('"');
}

std::string json_string(std::string_view text) {
    std::string out;
    out.reserve(text.size() + 2);
    append_json_string(out, text);
    return out;
}

std::string_view text_or(const json::object& object,
                         std::string_view key,
                         std::string_view fallback) {
    const json::value* found = object.if_contains(key);
    return found != nullptr && found->is_string() ? std::string_view(found->get_string())
                                                  : fallback;
}

std::int64_t integer_or(const json::object& object, std::string_view key, std::int64_t fallback) {
    const json::value* found = object.if_contains(key);
    if (found == nullptr) {
        return fallback;
    }
    if (found->is_string()) {
        const std::string_view text = found->get_string();
        std::int64_t number = 0;
        const auto [end, code] = std::from_chars(text.data(), text.data() + text.size(), number);
        return code == std::errc() && end == text.data() + text.size() ? number : fallback;
    }
    json::error_code code;
    const auto number = found->to_number<std::int64_t>(code);
    return code ? fallback : number;
}

bool boolean_or(const json::object& object, std::string_view key, bool fallback) {
    const json::value* found = object.if_contains(key);
    if (found == nullptr || found->is_null()) {
        return fallback;
    }
    if (found->is_bool()) {
        return found->get_bool();
    }
    if (found->is_string()) {
        return is_truthy(found->get_string());
    }
    return integer_or(object, key, 0) != 0;
}

bool is_truthy(std::string_view text) {
    static constexpr std::array<std::string_view, 6> kYes{"1", "true", "yes", "y", "t", "on"};
    const auto equals = [text](std::string_view word) {
        return std::ranges::equal(text, word, [](char a, char b) {
            return std::tolower(static_cast<unsigned char>(a)) == b;
        });
    };
    return std::ranges::any_of(kYes, equals);
}

}  // namespace sluice
