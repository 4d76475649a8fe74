#include "json_in.h"

#include <array>
#include <charconv>
#include <cmath>

#include "frame.h"

namespace sluice::php {

namespace {

constexpr int kMaxDepth = 512;  // PHP's own default

/// No destructors in here: running out of PHP memory jumps over all of it.
class Reader {
public:
    Reader(std::string_view text, Origins& origins) : text_(text), origins_(origins) {}

    bool read_document(zval* out) {
        skip();
        const bool is_read = read(out);
        for (std::size_t place = 0; place < keys_.size(); ++place) {
            forget(place);
        }
        if (!is_read) {
            return false;
        }
        skip();
        if (at_ != text_.size()) {
            zval_ptr_dtor(out);
            ZVAL_NULL(out);
            return false;
        }
        return true;
    }

private:
    char peek() const { return at_ < text_.size() ? text_[at_] : '\0'; }

    void skip() {
        while (at_ < text_.size() && (text_[at_] == ' ' || text_[at_] == '\n' ||
                                      text_[at_] == '\r' || text_[at_] == '\t')) {
            ++at_;
        }
    }

    bool word(std::string_view literal) {
        if (text_.substr(at_, literal.size()) != literal) {
            return false;
        }
        at_ += literal.size();
        return true;
    }

    /// On false `out` is null and owns nothing.
    bool read(zval* out) {
        ZVAL_NULL(out);
        switch (peek()) {
            case '{':
                return read_map(out);
            case '[':
                return read_list(out);
            case '"': {
                zend_string* text = nullptr;
                if (!read_string(text)) {
                    return false;
                }
                ZVAL_STR(out, text);
                return true;
            }
            case 't':
                ZVAL_TRUE(out);
                return word("true");
            case 'f':
                ZVAL_FALSE(out);
                return word("false");
            case 'n':
                return word("null");
            default:
                return read_number(out);
        }
    }

    bool fail(zval* out, HashTable* table) {
        zend_array_destroy(table);
        ZVAL_NULL(out);
        return false;
    }

    bool read_list(zval* out) {
        if (++depth_ > kMaxDepth) {
            return false;
        }
        const std::size_t from = at_++;
        skip();
        if (peek() == ']') {
            ++at_;
            --depth_;
            ZVAL_EMPTY_ARRAY(out);
            return true;
        }
        HashTable* table = zend_new_array(0);
        zend_hash_real_init_packed(table);
        while (true) {
            zval item;
            if (!read(&item)) {
                return fail(out, table);
            }
            zend_hash_next_index_insert_new(table, &item);
            skip();
            if (peek() == ',') {
                ++at_;
                skip();
                continue;
            }
            if (peek() != ']') {
                return fail(out, table);
            }
            ++at_;
            break;
        }
        --depth_;
        ZVAL_ARR(out, table);
        origins_.add(table, {text_.substr(from, at_ - from), false, false});
        return true;
    }

    bool read_map(zval* out) {
        if (++depth_ > kMaxDepth) {
            return false;
        }
        const std::size_t from = at_++;
        // Its own table even when empty: that is how `{}` is told from `[]` later.
        HashTable* table = zend_new_array(8);
        bool is_index = true;
        skip();
        if (peek() == '}') {
            ++at_;
        } else {
            std::size_t place = 0;
            while (true) {
                zend_string* key = nullptr;
                if (peek() != '"' || !read_key(place, key)) {
                    return fail(out, table);
                }
                skip();
                zval item;
                if (peek() != ':' || (++at_, skip(), !read(&item))) {
                    zend_string_release(key);
                    return fail(out, table);
                }
                zend_ulong index = 0;
                if (ZEND_HANDLE_NUMERIC_STR(ZSTR_VAL(key), ZSTR_LEN(key), index)) {
                    is_index = is_index && index == place;
                    zend_hash_index_update(table, index, &item);
                } else {
                    is_index = false;
                    zend_hash_update(table, key, &item);
                }
                zend_string_release(key);
                ++place;
                skip();
                if (peek() == ',') {
                    ++at_;
                    skip();
                    continue;
                }
                if (peek() != '}') {
                    return fail(out, table);
                }
                ++at_;
                break;
            }
        }
        --depth_;
        ZVAL_ARR(out, table);
        origins_.add(table, {text_.substr(from, at_ - from), true, is_index});
        return true;
    }

    /// The records of a list mostly have the same keys in the same places: one string serves all.
    bool read_key(std::size_t place, zend_string*& key) {
        zend_string*& seen = keys_[place % keys_.size()];
        const std::size_t start = at_ + 1;
        if (seen != nullptr && text_.size() - start > ZSTR_LEN(seen) &&
            text_[start + ZSTR_LEN(seen)] == '"' &&
            text_.substr(start, ZSTR_LEN(seen)) == view_of(seen) &&
            view_of(seen).find('\\') == std::string_view::npos) {
            at_ = start + ZSTR_LEN(seen) + 1;
            key = zend_string_copy(seen);
            return true;
        }
        if (!read_string(key)) {
            return false;
        }
        // With a reference of its own, given back when another name takes the place or at the end.
        forget(place);
        zend_string_hash_val(key);
        seen = zend_string_copy(key);
        return true;
    }

    void forget(std::size_t place) {
        zend_string*& seen = keys_[place % keys_.size()];
        if (seen != nullptr) {
            zend_string_release(seen);
            seen = nullptr;
        }
    }

    bool read_string(zend_string*& out) {
        const std::size_t from = ++at_;
        bool has_escape = false;
        while (at_ < text_.size()) {
            const auto c = static_cast<unsigned char>(text_[at_]);
            if (c == '"') {
                break;
            }
            if (c < 0x20) {
                return false;
            }
            if (c == '\\') {
                has_escape = true;
                ++at_;
            }
            ++at_;
        }
        if (at_ >= text_.size()) {
            return false;
        }
        const std::string_view raw = text_.substr(from, at_ - from);
        ++at_;
        if (!has_escape) {
            out = raw.empty()       ? ZSTR_EMPTY_ALLOC()
                  : raw.size() == 1 ? ZSTR_CHAR(static_cast<zend_uchar>(raw[0]))
                                    : zend_string_init(raw.data(), raw.size(), false);
            return true;
        }
        return unescape(raw, out);
    }

    static int hex4(std::string_view raw, std::size_t at) {
        unsigned value = 0;
        if (at + 4 > raw.size()) {
            return -1;
        }
        const auto [end, failed] = std::from_chars(raw.data() + at, raw.data() + at + 4, value, 16);
        return failed == std::errc{} && end == raw.data() + at + 4 ? static_cast<int>(value) : -1;
    }

    static char* append_utf8(char* to, unsigned c) {
        const auto put = [&](unsigned byte) { *to++ = static_cast<char>(byte); };
        if (c < 0x80) {
            put(c);
        } else if (c < 0x800) {
            put(0xc0U | c >> 6U);
            put(0x80U | (c & 0x3fU));
        } else if (c < 0x10000) {
            put(0xe0U | c >> 12U);
            put(0x80U | (c >> 6U & 0x3fU));
            put(0x80U | (c & 0x3fU));
        } else {
            put(0xf0U | c >> 18U);
            put(0x80U | (c >> 12U & 0x3fU));
            put(0x80U | (c >> 6U & 0x3fU));
            put(0x80U | (c & 0x3fU));
        }
        return to;
    }

    static bool unescape(std::string_view raw, zend_string*& out) {
        zend_string* made = zend_string_alloc(raw.size(), false);
        char* to = ZSTR_VAL(made);
        const auto failed = [&] {
            zend_string_efree(made);
            return false;
        };
        for (std::size_t at = 0; at < raw.size(); ++at) {
            if (raw[at] != '\\') {
                *to++ = raw[at];
                continue;
            }
            switch (raw[++at]) {
                case 'b':
                    *to++ = '\b';
                    break;
                case 'f':
                    *to++ = '\f';
                    break;
                case 'n':
                    *to++ = '\n';
                    break;
                case 'r':
                    *to++ = '\r';
                    break;
                case 't':
                    *to++ = '\t';
                    break;
                case '"':
                case '\\':
                case '/':
                    *to++ = raw[at];
                    break;
                case 'u': {
                    int unit = hex4(raw, at + 1);
                    if (unit < 0) {
                        return failed();
                    }
                    at += 4;
                    if (unit >= 0xd800 && unit < 0xdc00 && raw.substr(at + 1, 2) == "\\u") {
                        const int low = hex4(raw, at + 3);
                        if (low >= 0xdc00 && low < 0xe000) {
                            unit = 0x10000 + ((unit - 0xd800) << 10) + (low - 0xdc00);
                            at += 6;
                        }
                    }
                    // A lone half stays what it is, three bytes, and is written back as U+FFFD.
                    to = append_utf8(to, static_cast<unsigned>(unit));
                    break;
                }
                default:
                    return failed();
            }
        }
        *to = '\0';
        const auto length = static_cast<std::size_t>(to - ZSTR_VAL(made));
        out = zend_string_truncate(made, length, false);
        ZSTR_VAL(out)[length] = '\0';
        return true;
    }

    bool read_number(zval* out) {
        const std::size_t from = at_;
        const auto digits = [&] {
            const std::size_t start = at_;
            while (peek() >= '0' && peek() <= '9') {
                ++at_;
            }
            return at_ - start;
        };
        if (peek() == '-') {
            ++at_;
        }
        const bool leads_with_zero = peek() == '0';
        const std::size_t whole = digits();
        if (whole == 0 || (leads_with_zero && whole > 1)) {
            return false;
        }
        bool is_decimal = false;
        if (peek() == '.') {
            is_decimal = true;
            ++at_;
            if (digits() == 0) {
                return false;
            }
        }
        if (peek() == 'e' || peek() == 'E') {
            is_decimal = true;
            ++at_;
            if (peek() == '+' || peek() == '-') {
                ++at_;
            }
            if (digits() == 0) {
                return false;
            }
        }
        const std::string_view spelled = text_.substr(from, at_ - from);
        if (!is_decimal && spelled != "-0") {
            zend_long value = 0;
            const auto [end, failed] =
                std::from_chars(spelled.data(), spelled.data() + spelled.size(), value);
            if (failed == std::errc{} && end == spelled.data() + spelled.size()) {
                ZVAL_LONG(out, value);
                return true;
            }
        }
        double value = 0;
        if (std::from_chars(spelled.data(), spelled.data() + spelled.size(), value).ec ==
            std::errc::result_out_of_range) {
            // 1e400 or 1e-400; its spelling is kept below.
            value = spelled.find("e-") == std::string_view::npos &&
                            spelled.find("E-") == std::string_view::npos
                        ? HUGE_VAL
                        : 0.0;
            value = spelled[0] == '-' ? -value : value;
        }
        ZVAL_DOUBLE(out, value);
        std::array<char, 32> written{};
        const auto [end, failed] =
            std::to_chars(written.data(), written.data() + written.size(), value);
        const std::string_view shortest(written.data(),
                                        static_cast<std::size_t>(end - written.data()));
        if (failed != std::errc{} || shortest != spelled) {
            origins_.add_number(value, spelled);
        }
        return true;
    }

    std::string_view text_;
    Origins& origins_;
    std::size_t at_ = 0;
    int depth_ = 0;
    std::array<zend_string*, 32> keys_{};
};

}  // namespace

bool decode_json(std::string_view text, Origins& origins, zval* out) {
    return Reader(text, origins).read_document(out);
}

}  // namespace sluice::php
