#include "services/sql/convert.h"

#include <array>
#include <charconv>

#include "core/fields.h"
#include "core/json_reader.h"
#include "core/utf8.h"
#include "services/sql/base64.h"

namespace sluice::services::sql {
namespace {

tl::unexpected<Error> not_a(const Column& column, std::string_view what) {
    return fail(ErrorKind::BadRequest, std::string(column.noun) + " '" + column.shown() +
                                           "' must be " + std::string(what) + ".");
}

std::optional<std::int64_t> as_integer(std::string_view text) {
    if (text.starts_with('+')) {
        text.remove_prefix(1);
        if (text.starts_with('-')) {
            return std::nullopt;
        }
    }
    const std::size_t point = text.find('.');  // 3.0 is an integer, 3.5 is none
    if (point != std::string_view::npos) {
        if (point == 0 || text.find_first_not_of('0', point + 1) != std::string_view::npos) {
            return std::nullopt;
        }
        text = text.substr(0, point);
    }
    std::int64_t number = 0;
    const auto [end, code] = std::from_chars(text.data(), text.data() + text.size(), number);
    return code == std::errc() && end == text.data() + text.size()
               ? std::optional<std::int64_t>(number)
               : std::nullopt;
}

/// Leading '+', zeros and a bare point are accepted, as databases do: +007.50, .5
bool is_decimal(std::string_view text) {
    if (text.starts_with('+') || text.starts_with('-')) {
        text.remove_prefix(1);
    }
    const std::size_t e = std::min(text.find_first_of("eE"), text.size());
    const std::string_view mantissa = text.substr(0, e);
    const bool has_digit = mantissa.find_first_of("0123456789") != std::string_view::npos;
    if (!has_digit || mantissa.find_first_not_of("0123456789.") != std::string_view::npos ||
        mantissa.find('.') != mantissa.rfind('.')) {
        return false;
    }
    if (e == text.size()) {
        return true;
    }
    std::string_view exponent = text.substr(e + 1);
    if (exponent.starts_with('+') || exponent.starts_with('-')) {
        exponent.remove_prefix(1);
    }
    return !exponent.empty() && exponent.find_first_not_of("0123456789") == std::string_view::npos;
}

std::optional<bool> as_boolean(std::string_view text) {
    static constexpr std::array<std::string_view, 6> kYes{"1", "true", "yes", "y", "t", "on"};
    static constexpr std::array<std::string_view, 6> kNo{"0", "false", "no", "n", "f", "off"};
    for (std::size_t i = 0; i < kYes.size(); ++i) {
        if (equals_ignoring_case(text, kYes.at(i))) {
            return true;
        }
        if (equals_ignoring_case(text, kNo.at(i))) {
            return false;
        }
    }
    return std::nullopt;
}

Result<Value> text_value(const Column& column, std::string_view text) {
    if (!is_utf8(text)) {
        return not_a(column, "valid UTF-8 text");
    }
    if (text.find('\0') != std::string_view::npos) {
        return not_a(column, "text without NUL characters");
    }
    return Value(std::string(text));
}

/// Text that is itself an object or array is stored as that, as clients that encode twice mean.
Result<Value> json_value(const Column& column, const Input& input) {
    switch (input.form) {
        case Input::Form::True:
            return Value(std::string("true"));
        case Input::Form::False:
            return Value(std::string("false"));
        case Input::Form::Text: {
            const std::string_view text = trimmed(input.text);
            if (!text.empty() && (text.front() == '{' || text.front() == '[') && is_json(text)) {
                return Value(std::string(text));
            }
            return text_value(column, json_string(input.text));
        }
        default:
            return Value(input.text);
    }
}

Value any_value(const Input& input) {
    switch (input.form) {
        case Input::Form::True:
            return true;
        case Input::Form::False:
            return false;
        case Input::Form::Number:
            if (const auto integer = as_integer(input.text);
                integer && input.text.find('.') == std::string::npos) {
                return *integer;
            }
            return Number{input.text};
        default:
            return input.text;
    }
}

std::string_view plain_text(const Input& input) {
    switch (input.form) {
        case Input::Form::True:
            return "true";
        case Input::Form::False:
            return "false";
        default:
            return input.text;
    }
}

}  // namespace

Result<Value> to_value(const Column& column, std::string_view text) {
    const std::string_view word = trimmed(text);
    switch (column.kind) {
        case Kind::Integer:
            if (const auto integer = as_integer(word)) {
                return Value(*integer);
            }
            return not_a(column, "a valid integer");
        case Kind::Real:
            if (!is_decimal(word)) {
                return not_a(column, "a valid number");
            }
            return Value(Number{std::string(word)});
        case Kind::Decimal:
            if (!is_decimal(word)) {
                return not_a(column, "a valid decimal number");
            }
            return Value(std::string(word));
        case Kind::Boolean:
            if (const auto yes = as_boolean(word)) {
                return Value(*yes);
            }
            return not_a(column, "a valid boolean");
        case Kind::Binary: {
            auto bytes = from_base64(text);
            if (!bytes) {
                return not_a(column, "base64");
            }
            return Value(Bytes{std::move(*bytes)});
        }
        case Kind::Any:
            if (is_json_number(word)) {
                return any_value({Input::Form::Number, std::string(word)});
            }
            return text_value(column, text);
        default:
            return text_value(column, text);
    }
}

Result<Value> to_value(const Column& column, const Input& input) {
    if (input.form == Input::Form::Null) {
        return Value(Null{});
    }
    switch (column.kind) {
        case Kind::Json:
            return json_value(column, input);
        case Kind::Any:
            if (input.form == Input::Form::Text) {
                return text_value(column, input.text);
            }
            return any_value(input);
        case Kind::Integer:
            if (input.form == Input::Form::True || input.form == Input::Form::False) {
                return Value(std::int64_t{input.form == Input::Form::True ? 1 : 0});
            }
            break;
        case Kind::Text:
            return text_value(column, plain_text(input));
        default:
            break;
    }
    if (input.form == Input::Form::Json) {
        return not_a(column, "a single value");
    }
    return to_value(column, plain_text(input));
}

std::optional<std::string_view> known_expression(std::string_view text) {
    struct Known {
        std::string_view spelling;
        std::string_view sql;
    };
    static constexpr std::array kKnown{
        Known{"NOW()", "CURRENT_TIMESTAMP"},
        Known{"CURRENT_TIMESTAMP", "CURRENT_TIMESTAMP"},
        Known{"CURRENT_TIMESTAMP()", "CURRENT_TIMESTAMP"},
        Known{"CURRENT_DATE", "CURRENT_DATE"},
        Known{"CURRENT_DATE()", "CURRENT_DATE"},
        Known{"CURRENT_TIME", "CURRENT_TIME"},
        Known{"CURRENT_TIME()", "CURRENT_TIME"},
        Known{"NULL", "NULL"},
    };
    text = trimmed(text);
    while (text.size() >= 2 && text.front() == '(' && text.back() == ')') {
        text = trimmed(text.substr(1, text.size() - 2));
    }
    for (const Known& known : kKnown) {
        if (equals_ignoring_case(known.spelling, text)) {
            return known.sql;
        }
    }
    return std::nullopt;
}

std::optional<std::string> expression_of(std::string_view json) {
    JsonReader reader(json);
    if (reader.peek() != JsonReader::Type::Object) {
        return std::nullopt;
    }
    std::string key;
    std::string expression;
    std::size_t members = 0;
    reader.open();
    while (reader.next_key(key)) {
        ++members;
        const std::string_view value = reader.raw();
        if (key == "expression") {
            JsonReader inner(value);
            expression =
                inner.peek() == JsonReader::Type::String ? inner.string() : std::string(value);
        }
    }
    return members == 1 && !expression.empty() ? std::optional(expression) : std::nullopt;
}

}  // namespace sluice::services::sql
