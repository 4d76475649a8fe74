#include "services/sql/rules/value_forms.h"

#include <algorithm>
#include <array>
#include <charconv>

#include "core/fields.h"
#include "core/json_reader.h"
#include "services/sql/rules/regex.h"

namespace sluice::services::sql {

using Form = Input::Form;

namespace {

bool matches(const std::string& text, const boost::regex& form) {
    try {
        return boost::regex_match(text, form);
    } catch (const std::exception&) {
        return false;  // too much work to tell
    }
}

}  // namespace

bool is_blank(const Input& input) {
    return input.form == Form::Null || (input.form == Form::Text && input.text.empty());
}

bool is_zero(const Input& input) {
    if (input.form == Form::False || is_blank(input)) {
        return true;
    }
    // "00" and "+0" are no numbers of JSON, and yet a column takes them for zero.
    std::string_view text = trimmed(input.text);
    const bool is_signed = text.starts_with('+') || text.starts_with('-');
    text.remove_prefix(is_signed ? 1 : 0);
    const std::string_view digits = text.substr(0, text.find_first_of("eE"));
    return (input.form == Form::Number || input.form == Form::Text) &&
           digits.find('0') != std::string_view::npos &&
           digits.find_first_not_of("0.") == std::string_view::npos;
}

bool is_email(const Input& input) {
    static const boost::regex kForm(
        R"([A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?(?:\.[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?)+)");
    const std::string& text = input.text;
    const bool has_lone_dot = text.starts_with('.') || text.find("..") != std::string::npos ||
                              text.find(".@") != std::string::npos;
    return input.form == Form::Text && text.size() <= 254 && !has_lone_dot && matches(text, kForm);
}

bool is_url(const Input& input) {
    static const boost::regex kForm(
        R"([A-Za-z][A-Za-z0-9+.-]{0,30}://[^\s/?#]{1,255}(?:[/?#]\S*)?)");
    return input.form == Form::Text && input.text.size() <= 2048 && matches(input.text, kForm);
}

std::optional<std::int64_t> integer_in(const Input& input) {
    const std::string_view text = trimmed(input.text);
    std::int64_t number = 0;
    const auto [end, code] = std::from_chars(text.data(), text.data() + text.size(), number);
    const bool is_one = (input.form == Form::Number || input.form == Form::Text) &&
                        code == std::errc() && end == text.data() + text.size();
    return is_one ? std::optional(number) : std::nullopt;
}

bool is_float(const Input& input) {
    return (input.form == Form::Number || input.form == Form::Text) &&
           is_json_number(trimmed(input.text));
}

bool is_boolean(const Input& input) {
    static constexpr std::array<std::string_view, 9> kWords{"1",  "0",  "true", "false", "yes",
                                                            "no", "on", "off",  ""};
    if (input.form == Form::True || input.form == Form::False) {
        return true;
    }
    return input.form != Form::Json && std::ranges::any_of(kWords, [&input](auto word) {
               return equals_ignoring_case(word, input.text);
           });
}

std::string text_of(const Input& input) {
    return input.form == Form::True ? "true" : input.form == Form::False ? "false" : input.text;
}

}  // namespace sluice::services::sql
