#include "services/sql/fit.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <chrono>
#include <cmath>
#include <cstdlib>

#include "core/fields.h"

namespace sluice::services::sql {
namespace {

tl::unexpected<Error> must(const Column& column, const std::string& what) {
    return fail(ErrorKind::BadRequest,
                std::string(column.noun) + " '" + column.shown() + "' must " + what + ".");
}

/// Words that PostgreSQL reads as moments.
bool is_known_word(std::string_view text) {
    static constexpr std::array<std::string_view, 8> kWords{
        "now", "today", "tomorrow", "yesterday", "epoch", "infinity", "-infinity", "allballs"};
    return std::ranges::any_of(
        kWords, [text](std::string_view word) { return equals_ignoring_case(word, text); });
}

tl::unexpected<Error> wrong_moment(const Column& column) {
    switch (column.kind) {
        case Kind::Date:
            return must(column, "be a valid date, such as 2026-11-21");
        case Kind::Time:
            return must(column, "be a valid time, such as 08:50:20");
        default:
            return must(column, "be a valid date and time, such as 2026-11-21 08:50:20");
    }
}

/// 8-4-4-4-12 digits of base 16; braces around them and other groups of four do as well.
bool is_uuid(std::string_view text) {
    if (text.starts_with('{') && text.ends_with('}')) {
        text = text.substr(1, text.size() - 2);
    }
    std::size_t digits = 0;
    for (const char c : text) {
        const bool is_digit =
            (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
        if (!is_digit && (c != '-' || digits == 0 || digits % 4 != 0)) {
            return false;
        }
        digits += is_digit ? 1 : 0;
    }
    return digits == 32 && !text.ends_with('-');
}

std::string normal_uuid(std::string_view text) {
    std::string out;
    for (const char c : lower_case(text)) {
        if (c != '-' && c != '{' && c != '}') {
            const std::size_t length = out.size();
            out.append(length == 8 || length == 13 || length == 18 || length == 23 ? "-" : "");
            out.push_back(c);
        }
    }
    return out;
}

bool is_moment(Kind kind) {
    return kind == Kind::Date || kind == Kind::Time || kind == Kind::DateTime;
}

/// A text in the one spelling of its kind. What keeps an offset, and what we cannot read, is the
/// database's own business.
Value spelled(const Column& column, Value value) {
    const std::string_view text = trimmed(std::get<std::string>(value));
    if (column.kind == Kind::Uuid && is_uuid(text)) {
        return Value(normal_uuid(text));
    }
    if (is_moment(column.kind) && !column.keeps_offset &&
        moment_of(column.kind == Kind::Time ? Kind::Time : Kind::DateTime, text) == Moment::Valid) {
        return Value(normal_moment(column.kind, text));
    }
    return value;
}

/// `is_judged`: the database reads other spellings than ours, and refuses the rest.
bool is_refused(const Column& column, std::string_view text, bool is_judged) {
    text = trimmed(text);
    const Moment moment = moment_of(column.kind, text);
    const bool may_be_other =
        is_judged &&
        (text.find_first_of("0123456789") != std::string_view::npos || is_known_word(text));
    return moment == Moment::Impossible || (moment == Moment::Other && !may_be_other);
}

Result<Value> fitted_moment(const Column& column, Value value, OtherDates other_dates) {
    const std::string_view text = trimmed(std::get<std::string>(value));
    if (column.is_duration && is_duration(text)) {
        return Value(std::string(text));
    }
    if (is_refused(column, text, other_dates == OtherDates::Judged)) {
        return wrong_moment(column);
    }
    return spelled(column, std::move(value));
}

Result<Value> fitted_text(const Column& column, Value value) {
    const std::string& text = std::get<std::string>(value);
    if (!column.length || text.size() <= static_cast<std::size_t>(*column.length)) {
        return value;
    }
    const auto characters = std::ranges::count_if(
        text, [](char c) { return (static_cast<unsigned char>(c) & 0xC0) != 0x80; });
    if (characters > *column.length) {
        return must(column, "have at most " + std::to_string(*column.length) + " characters");
    }
    return value;
}

/// A decimal number in digits: before and after the point.
struct Digits {
    bool is_negative = false;
    std::string whole;
    std::string part;
};

/// Exponents beyond are no numbers that a column of digits could hold.
constexpr int kMaxExponent = 1000;

/// `text` must be a decimal number. Empty when its exponent is out of all proportion.
std::optional<Digits> digits_of(std::string_view text) {
    Digits digits;
    digits.is_negative = text.starts_with('-');
    if (text.starts_with('-') || text.starts_with('+')) {
        text.remove_prefix(1);
    }
    const std::size_t e = std::min(text.find_first_of("eE"), text.size());
    int exponent = 0;
    if (e < text.size()) {
        std::string_view power = text.substr(e + 1);
        power.remove_prefix(power.starts_with('+') ? 1 : 0);
        const auto [end, code] =
            std::from_chars(power.data(), power.data() + power.size(), exponent);
        if (code != std::errc() || std::abs(exponent) > kMaxExponent) {
            return std::nullopt;
        }
    }
    const std::string_view mantissa = text.substr(0, e);
    const std::size_t point = std::min(mantissa.find('.'), mantissa.size());
    digits.whole = mantissa.substr(0, point);
    digits.part = mantissa.substr(std::min(point + 1, mantissa.size()));
    if (exponent > 0) {
        digits.part.resize(std::max(digits.part.size(), static_cast<std::size_t>(exponent)), '0');
        digits.whole += digits.part.substr(0, static_cast<std::size_t>(exponent));
        digits.part.erase(0, static_cast<std::size_t>(exponent));
    } else if (exponent < 0) {
        const auto moved = static_cast<std::size_t>(-exponent);
        digits.whole.insert(0, moved, '0');
        digits.part.insert(0, digits.whole.substr(digits.whole.size() - moved));
        digits.whole.resize(digits.whole.size() - moved);
    }
    digits.whole.erase(0, std::min(digits.whole.find_first_not_of('0'), digits.whole.size()));
    return digits;
}

/// Half away from zero. True when anything was cut.
bool round_to(Digits& digits, std::size_t scale) {
    if (digits.part.size() <= scale) {
        return false;
    }
    const bool goes_up = digits.part[scale] >= '5';
    digits.part.resize(scale);
    std::string all = "0" + digits.whole + digits.part;
    for (std::size_t i = all.size(); goes_up && i-- > 0;) {
        if (all[i] != '9') {
            ++all[i];
            break;
        }
        all[i] = '0';
    }
    digits.part = all.substr(all.size() - scale);
    all.resize(all.size() - scale);
    digits.whole = all.substr(std::min(all.find_first_not_of('0'), all.size()));
    return true;
}

std::string text_of(const Digits& digits) {
    return (digits.is_negative ? "-" : "") + (digits.whole.empty() ? "0" : digits.whole) +
           (digits.part.empty() ? "" : "." + digits.part);
}

Result<Value> fitted_decimal(const Column& column, Value value, OtherDates other_dates) {
    const std::string& text = std::get<std::string>(value);
    const bool is_kept_by_us = other_dates == OtherDates::Refused;
    if (!column.precision) {
        if (is_kept_by_us && std::isinf(std::strtod(text.c_str(), nullptr))) {
            return must(column, "be a number that the database can hold");
        }
        return value;
    }
    const int scale = column.scale.value_or(0);
    if (scale < 0 || scale > *column.precision) {
        return value;  // the database's own business
    }
    auto digits = digits_of(text);
    const bool is_rounded =
        digits && column.scale && round_to(*digits, static_cast<std::size_t>(scale));
    const int places = *column.precision - scale;
    if (!digits || digits->whole.size() > static_cast<std::size_t>(places)) {
        return must(column,
                    "have at most " + std::to_string(places) + " digits before the decimal point");
    }
    if (!is_rounded || !is_kept_by_us) {
        return value;
    }
    return Value(text_of(*digits));
}

Result<Value> comparable_decimal(const Column& column, const std::string& text) {
    const auto all = static_cast<std::size_t>(column.compares_digits->all);
    const auto after_point = static_cast<std::size_t>(column.compares_digits->after_point);
    auto digits = digits_of(text);
    if (digits) {
        digits->part.erase(digits->part.find_last_not_of('0') + 1);
    }
    if (!digits || digits->whole.size() + digits->part.size() > all ||
        digits->part.size() > after_point) {
        return must(column, "be compared with a number of at most " + std::to_string(all) +
                                " digits, " + std::to_string(after_point) +
                                " of them after the decimal point");
    }
    return Value(text_of(*digits));
}

}  // namespace

Result<Value> comparable(const Column& column, Value value) {
    const auto* text = std::get_if<std::string>(&value);
    if (text == nullptr) {
        return value;
    }
    if (is_moment(column.kind) && !column.is_duration &&
        is_refused(column, *text, column.reads_other_dates)) {
        return wrong_moment(column);
    }
    if (column.kind == Kind::Decimal && column.compares_digits) {
        return comparable_decimal(column, *text);
    }
    return spelled(column, std::move(value));
}

Result<Value> fitted(const Column& column, Value value, OtherDates other_dates) {
    if (const auto* integer = std::get_if<std::int64_t>(&value)) {
        if (*integer < column.least || *integer > column.greatest) {
            return must(column, "be an integer from " + std::to_string(column.least) + " to " +
                                    std::to_string(column.greatest));
        }
        return value;
    }
    if (const auto* number = std::get_if<Number>(&value)) {
        if (column.kind == Kind::Real && std::isinf(std::strtod(number->text.c_str(), nullptr))) {
            return must(column, "be a number that the database can hold");
        }
        return value;
    }
    if (!std::holds_alternative<std::string>(value)) {
        return value;
    }
    switch (column.kind) {
        case Kind::Date:
        case Kind::Time:
        case Kind::DateTime:
            return fitted_moment(column, std::move(value), other_dates);
        case Kind::Text:
            return fitted_text(column, std::move(value));
        case Kind::Decimal:
            return fitted_decimal(column, std::move(value), other_dates);
        case Kind::Uuid:
            if (!is_uuid(trimmed(std::get<std::string>(value)))) {
                return must(column, "be a UUID");
            }
            return spelled(column, std::move(value));
        default:
            return value;
    }
}

}  // namespace sluice::services::sql
