#include "json_out.h"

#include <array>
#include <charconv>
#include <cmath>

#include "frame.h"

namespace sluice::php {

namespace {

constexpr int kMaxDepth = 512;

/// As PHP's json_encode writes it: shortest form, no ".0".
void append_double(std::string& out, double value) {
    std::array<char, 32> text{};
    const auto [end, failed] = std::to_chars(text.data(), text.data() + text.size(), value);
    out.append(text.data(), failed == std::errc{} ? end : text.data());
}

void append_long(std::string& out, zend_long value) {
    std::array<char, 24> text{};
    const auto [end, failed] = std::to_chars(text.data(), text.data() + text.size(), value);
    out.append(text.data(), failed == std::errc{} ? end : text.data());
}

/// No destructors: code of the script may run in here, and end by a jump.
class Writer {
public:
    Writer(std::string& out, const Origins& origins) : out_(out), origins_(origins) {}

    JsonFault write(const zval* value, const zval* original) {
        ZVAL_DEREF(value);
        switch (Z_TYPE_P(value)) {
            case IS_UNDEF:
            case IS_NULL:
                out_ += "null";
                return JsonFault::None;
            case IS_TRUE:
                out_ += "true";
                return JsonFault::None;
            case IS_FALSE:
                out_ += "false";
                return JsonFault::None;
            case IS_LONG:
                append_long(out_, Z_LVAL_P(value));
                return JsonFault::None;
            case IS_DOUBLE:
                return write_double(Z_DVAL_P(value));
            case IS_STRING:
                append_json_text(out_, view_of(Z_STR_P(value)));
                return JsonFault::None;
            case IS_ARRAY:
                return write_array(Z_ARRVAL_P(value), original);
            case IS_OBJECT:
                return write_object(value);
            default:
                return JsonFault::Unsupported;
        }
    }

private:
    JsonFault write_double(double value) {
        if (const auto spelled = origins_.find_number(value)) {
            out_ += *spelled;
            return JsonFault::None;
        }
        if (!std::isfinite(value)) {
            return JsonFault::NotFinite;
        }
        append_double(out_, value);
        return JsonFault::None;
    }

    JsonFault write_array(HashTable* table, const zval* original) {
        if (const Source* source = origins_.find(table)) {
            out_ += source->text;
            return JsonFault::None;
        }
        const HashTable* before = nullptr;
        const Source* source_before = nullptr;
        if (original != nullptr && Z_TYPE_P(original) == IS_ARRAY) {
            before = Z_ARRVAL_P(original);
            source_before = origins_.find(before);
        }
        if (++depth_ > kMaxDepth) {
            return JsonFault::TooDeep;
        }
        const JsonFault fault =
            is_map(table, source_before) ? write_map(table, before) : write_list(table, before);
        --depth_;
        return fault;
    }

    /// PHP has one kind of array. A list is one with keys 0..n-1, unless it stands where a map
    /// stood and nothing but that tells them apart.
    static bool is_map(HashTable* table, const Source* before) {
        if (!zend_array_is_list(table)) {
            return true;
        }
        if (before == nullptr || !before->was_map) {
            return false;
        }
        if (zend_hash_num_elements(table) == 0) {
            // `[]` written down is PHP's one shared empty array; a map emptied by unset is not.
            return table != &zend_empty_array;
        }
        return before->was_index;
    }

    JsonFault write_list(HashTable* table, const HashTable* before) {
        out_ += '[';
        bool is_first = true;
        zend_ulong index = 0;
        zval* item = nullptr;
        ZEND_HASH_FOREACH_NUM_KEY_VAL(table, index, item) {
            if (!is_first) {
                out_ += ',';
            }
            is_first = false;
            const zval* original =
                before == nullptr ? nullptr : zend_hash_index_find(before, index);
            const JsonFault fault = write(item, original);
            if (fault != JsonFault::None) {
                return fault;
            }
        }
        ZEND_HASH_FOREACH_END();
        out_ += ']';
        return JsonFault::None;
    }

    JsonFault write_map(HashTable* table, const HashTable* before) {
        out_ += '{';
        bool is_first = true;
        zend_ulong index = 0;
        zend_string* key = nullptr;
        zval* item = nullptr;
        ZEND_HASH_FOREACH_KEY_VAL_IND(table, index, key, item) {
            if (!is_first) {
                out_ += ',';
            }
            is_first = false;
            const zval* original = nullptr;
            if (key != nullptr) {
                append_json_text(out_, view_of(key));
                original = before == nullptr ? nullptr : zend_hash_find(before, key);
            } else {
                out_ += '"';
                append_long(out_, static_cast<zend_long>(index));
                out_ += '"';
                original = before == nullptr ? nullptr : zend_hash_index_find(before, index);
            }
            out_ += ':';
            const JsonFault fault = write(item, original);
            if (fault != JsonFault::None) {
                return fault;
            }
        }
        ZEND_HASH_FOREACH_END();
        out_ += '}';
        return JsonFault::None;
    }

    JsonFault write_object(const zval* value) {
        smart_str text = {nullptr, 0};
        zval copy;
        ZVAL_COPY_VALUE(&copy, value);
        const auto result =
            php_json_encode_ex(&text, &copy,
                               PHP_JSON_UNESCAPED_SLASHES | PHP_JSON_UNESCAPED_UNICODE |
                                   PHP_JSON_INVALID_UTF8_SUBSTITUTE,
                               kMaxDepth - depth_);
        if (EG(exception) != nullptr) {
            smart_str_free(&text);
            return JsonFault::Threw;
        }
        if (result != SUCCESS || text.s == nullptr) {
            smart_str_free(&text);
            return JsonFault::Unsupported;
        }
        out_.append(ZSTR_VAL(text.s), ZSTR_LEN(text.s));
        smart_str_free(&text);
        return JsonFault::None;
    }

    std::string& out_;
    const Origins& origins_;
    int depth_ = 0;
};

/// One member of a map of strings: the value as text.
JsonFault append_as_text(std::string& out, const Origins& origins, const zval* value) {
    ZVAL_DEREF(value);
    if (Z_TYPE_P(value) == IS_STRING) {
        append_json_text(out, view_of(Z_STR_P(value)));
        return JsonFault::None;
    }
    // The JSON text of the value, then that text as a string, in place.
    const std::size_t at = out.size();
    const JsonFault fault = Writer(out, origins).write(value, nullptr);
    if (fault != JsonFault::None) {
        return fault;
    }
    const std::size_t size = out.size() - at;
    // No local string: see Writer. PHP's memory is safe from jumps.
    zend_string* text = zend_string_init(out.data() + at, size, false);
    out.resize(at);
    append_json_text(out, view_of(text));
    zend_string_release(text);
    return JsonFault::None;
}

}  // namespace

std::string_view message_of(JsonFault fault) {
    switch (fault) {
        case JsonFault::TooDeep:
            return "The script's result is nested too deeply, or contains itself.";
        case JsonFault::NotFinite:
            return "The script's result holds INF or NAN, which JSON cannot.";
        case JsonFault::Unsupported:
            return "The script's result holds a value that JSON cannot.";
        case JsonFault::Threw:
        case JsonFault::None:
            break;
    }
    return "";
}

JsonFault encode_json(std::string& out,
                      const Origins& origins,
                      const zval* value,
                      const zval* original) {
    return Writer(out, origins).write(value, original);
}

JsonFault encode_texts(std::string& out, const Origins& origins, const zval* value) {
    ZVAL_DEREF(value);
    if (Z_TYPE_P(value) != IS_ARRAY) {
        out += "{}";
        return JsonFault::None;
    }
    out += '{';
    bool is_first = true;
    zend_ulong index = 0;
    zend_string* key = nullptr;
    zval* item = nullptr;
    ZEND_HASH_FOREACH_KEY_VAL_IND(Z_ARRVAL_P(value), index, key, item) {
        if (!is_first) {
            out += ',';
        }
        is_first = false;
        if (key != nullptr) {
            append_json_text(out, view_of(key));
        } else {
            out += '"';
            append_long(out, static_cast<zend_long>(index));
            out += '"';
        }
        out += ':';
        const JsonFault fault = append_as_text(out, origins, item);
        if (fault != JsonFault::None) {
            return fault;
        }
    }
    ZEND_HASH_FOREACH_END();
    out += '}';
    return JsonFault::None;
}

}  // namespace sluice::php
