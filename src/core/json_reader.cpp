#include "core/json_reader.h"

#include "core/utf8.h"

namespace sluice {
namespace {

bool is_digit(char c) {
    return c >= '0' && c <= '9';
}

int hex_digit(char c) {
    if (is_digit(c)) {
        return c - '0';
    }
    const char lower = static_cast<char>(c | 0x20);
    return lower >= 'a' && lower <= 'f' ? lower - 'a' + 10 : -1;
}

/// Four hex digits at `at`, or -1.
int code_unit(std::string_view text, std::size_t at) {
    if (at + 4 > text.size()) {
        return -1;
    }
    int unit = 0;
    for (std::size_t i = at; i < at + 4; ++i) {
        const int digit = hex_digit(text[i]);
        if (digit < 0) {
            return -1;
        }
        unit = unit * 16 + digit;
    }
    return unit;
}

bool is_high_surrogate(int unit) {
    return unit >= 0xD800 && unit < 0xDC00;
}
bool is_low_surrogate(int unit) {
    return unit >= 0xDC00 && unit < 0xE000;
}

void append_utf8(std::string& out, unsigned code) {
    if (code < 0x80) {
        out.push_back(static_cast<char>(code));
    } else if (code < 0x800) {
        out.push_back(static_cast<char>(0xC0U | code >> 6U));
        out.push_back(static_cast<char>(0x80U | (code & 63U)));
    } else if (code < 0x10000) {
        out.push_back(static_cast<char>(0xE0U | code >> 12U));
        out.push_back(static_cast<char>(0x80U | (code >> 6U & 63U)));
        out.push_back(static_cast<char>(0x80U | (code & 63U)));
    } else {
        out.push_back(static_cast<char>(0xF0U | code >> 18U));
        out.push_back(static_cast<char>(0x80U | (code >> 12U & 63U)));
        out.push_back(static_cast<char>(0x80U | (code >> 6U & 63U)));
        out.push_back(static_cast<char>(0x80U | (code & 63U)));
    }
}

/// The string literal `text`, checked before, quotes included.
std::string decode(std::string_view text) {
    text = text.substr(1, text.size() - 2);
    std::string out;
    out.reserve(text.size());
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (text[i] != '\\') {
            const std::size_t next = std::min(text.find('\\', i), text.size());
            out.append(text.substr(i, next - i));
            i = next - 1;
            continue;
        }
        switch (text[++i]) {
            case 'b':
                out.push_back('\b');
                break;
            case 'f':
                out.push_back('\f');
                break;
            case 'n':
                out.push_back('\n');
                break;
            case 'r':
                out.push_back('\r');
                break;
            case 't':
                out.push_back('\t');
                break;
            case 'u': {
                auto code = static_cast<unsigned>(code_unit(text, i + 1));
                i += 4;
                if (is_high_surrogate(static_cast<int>(code))) {
                    const auto low = static_cast<unsigned>(code_unit(text, i + 3));
                    code = 0x10000U + ((code - 0xD800U) << 10U) + (low - 0xDC00U);
                    i += 6;
                }
                append_utf8(out, code);
                break;
            }
            default:
                out.push_back(text[i]);
        }
    }
    return out;
}

}  // namespace

void JsonReader::skip_blank() {
    while (at_ < text_.size() &&
           (text_[at_] == ' ' || text_[at_] == '\n' || text_[at_] == '\r' || text_[at_] == '\t')) {
        ++at_;
    }
}

void JsonReader::fail_with(const char* expected) {
    if (fault_ == nullptr) {
        fault_ = expected;
    }
}

bool JsonReader::consume(char c) {
    skip_blank();
    if (at_ >= text_.size() || text_[at_] != c) {
        return false;
    }
    ++at_;
    return true;
}

JsonReader::Type JsonReader::peek() {
    skip_blank();
    if (has_failed() || at_ >= text_.size()) {
        return Type::End;
    }
    switch (text_[at_]) {
        case '{':
            return Type::Object;
        case '[':
            return Type::Array;
        case '"':
            return Type::String;
        case 't':
            return Type::True;
        case 'f':
            return Type::False;
        case 'n':
            return Type::Null;
        default:
            return Type::Number;
    }
}

bool JsonReader::open() {
    const Type type = peek();
    if (type != Type::Object && type != Type::Array) {
        fail_with("an object or an array");
        return false;
    }
    if (depth_ >= kMaxJsonDepth) {
        is_too_deep_ = true;
        fail_with("no deeper nesting");
        return false;
    }
    ++at_;
    has_items_.at(++depth_) = false;
    return true;
}

bool JsonReader::next_in(char closing) {
    if (has_failed()) {
        return false;
    }
    if (consume(closing)) {
        --depth_;
        return false;
    }
    bool& has_items = has_items_.at(depth_);
    if (has_items && !consume(',')) {
        fail_with(closing == '}' ? "',' or '}'" : "',' or ']'");
        return false;
    }
    has_items = true;
    return true;
}

bool JsonReader::next_key(std::string& key) {
    if (!next_in('}')) {
        return false;
    }
    if (peek() != Type::String) {
        fail_with("a key in quotes");
        return false;
    }
    key = string();
    if (!has_failed() && !consume(':')) {
        fail_with("':'");
    }
    return !has_failed();
}

bool JsonReader::next_item() {
    return next_in(']');
}

std::string_view JsonReader::raw() {
    skip_blank();
    const std::size_t start = at_;
    return !has_failed() && skip_value() ? text_.substr(start, at_ - start) : std::string_view{};
}

std::string JsonReader::string() {
    skip_blank();
    const std::size_t start = at_;
    return !has_failed() && skip_string() ? decode(text_.substr(start, at_ - start))
                                          : std::string{};
}

bool JsonReader::skip_value() {
    switch (peek()) {
        case Type::Object: {
            open();
            while (next_in('}')) {
                skip_blank();
                if (!skip_string() || !consume(':')) {
                    fail_with("a key in quotes and ':'");
                    return false;
                }
                if (!skip_value()) {
                    return false;
                }
            }
            return !has_failed();
        }
        case Type::Array:
            open();
            while (next_in(']')) {
                if (!skip_value()) {
                    return false;
                }
            }
            return !has_failed();
        case Type::String:
            return skip_string();
        case Type::True:
            return skip_word("true");
        case Type::False:
            return skip_word("false");
        case Type::Null:
            return skip_word("null");
        case Type::Number:
            return skip_number();
        case Type::End:
            break;
    }
    fail_with("a value");
    return false;
}

bool JsonReader::skip_string() {
    if (at_ >= text_.size() || text_[at_] != '"') {
        fail_with("a string in quotes");
        return false;
    }
    ++at_;
    while (at_ < text_.size()) {
        const auto byte = static_cast<unsigned char>(text_[at_]);
        if (byte == '"') {
            ++at_;
            return true;
        }
        if (byte < 0x20) {
            fail_with("no control character in a string");
            return false;
        }
        if (byte >= 0x80) {
            const std::size_t length = utf8_length_at(text_, at_);
            if (length == 0) {
                fail_with("valid UTF-8");
                return false;
            }
            at_ += length;
            continue;
        }
        if (byte != '\\') {
            ++at_;
            continue;
        }
        const char escaped = at_ + 1 < text_.size() ? text_[at_ + 1] : '\0';
        if (escaped == 'u') {
            const int unit = code_unit(text_, at_ + 2);
            at_ += 6;
            if (is_high_surrogate(unit) && at_ + 1 < text_.size() && text_[at_] == '\\' &&
                text_[at_ + 1] == 'u' && is_low_surrogate(code_unit(text_, at_ + 2))) {
                at_ += 6;
                continue;
            }
            if (unit < 0 || is_high_surrogate(unit) || is_low_surrogate(unit)) {
                fail_with("a whole \\u escape");
                return false;
            }
            continue;
        }
        if (escaped == '\0' || std::string_view("\"\\/bfnrt").find(escaped) == std::string::npos) {
            fail_with("a known escape");
            return false;
        }
        at_ += 2;
    }
    fail_with("the end of a string");
    return false;
}

bool JsonReader::skip_digits() {
    const std::size_t start = at_;
    while (at_ < text_.size() && is_digit(text_[at_])) {
        ++at_;
    }
    if (at_ == start) {
        fail_with("a value");
    }
    return at_ != start;
}

bool JsonReader::skip_number() {
    if (text_[at_] == '-') {
        ++at_;
    }
    if (at_ < text_.size() && text_[at_] == '0') {
        ++at_;
    } else if (!skip_digits()) {
        return false;
    }
    if (at_ < text_.size() && text_[at_] == '.') {
        ++at_;
        if (!skip_digits()) {
            return false;
        }
    }
    if (at_ < text_.size() && (text_[at_] == 'e' || text_[at_] == 'E')) {
        ++at_;
        if (at_ < text_.size() && (text_[at_] == '+' || text_[at_] == '-')) {
            ++at_;
        }
        return skip_digits();
    }
    return true;
}

bool JsonReader::skip_word(std::string_view word) {
    if (text_.substr(at_, word.size()) != word) {
        fail_with("a value");
        return false;
    }
    at_ += word.size();
    return true;
}

Status JsonReader::finish(std::string_view what) {
    skip_blank();
    if (!has_failed() && at_ < text_.size()) {
        fail_with("nothing more");
    }
    if (!has_failed()) {
        return {};
    }
    if (is_too_deep_) {
        return fail(ErrorKind::BadRequest, too_deep(what));
    }
    return fail(ErrorKind::BadRequest, "Invalid or malformed JSON in the " + std::string(what) +
                                           " at byte " + std::to_string(at_) + ": expected " +
                                           fault_ + ".");
}

bool is_json(std::string_view text) {
    JsonReader reader(text);
    reader.raw();
    return reader.finish("value").has_value();
}

bool is_json_number(std::string_view text) {
    const std::string_view digits = text.substr(text.starts_with('-') ? 1 : 0);
    if (digits.empty() || !is_digit(digits.front())) {
        return false;
    }
    if (digits.front() != '0' && digits.find_first_not_of("0123456789") == digits.npos) {
        return true;  // what nearly all are
    }
    return digits.find_first_not_of("0123456789+-.eE") == digits.npos && is_json(text);
}

}  // namespace sluice
