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
    return fail(ErrorKind::BadRequest, "Field '" + column.name + "' must " + what + ".");
}

/// Reads a text from its front.
class Reader {
public:
    explicit Reader(std::string_view text) : text_(text) {}

    /// Exactly `count` digits; -1 when they are not there.
    int digits(std::size_t count) {
        if (text_.size() < count || !is_digits(text_.substr(0, count))) {
            return -1;
        }
        int number = 0;
        std::from_chars(text_.data(), text_.data() + count, number);
        text_.remove_prefix(count);
        return number;
    }
    /// One of `letters`, when it comes next.
    bool take(std::string_view letters) {
        if (text_.empty() || letters.find(text_.front()) == std::string_view::npos) {
            return false;
        }
        text_.remove_prefix(1);
        return true;
    }
    bool skip_digits() {
        const std::size_t end = std::min(text_.find_first_not_of("0123456789"), text_.size());
        text_.remove_prefix(end);
        return end > 0;
    }
    bool is_at_end() const { return text_.empty(); }

private:
    static bool is_digits(std::string_view text) {
        return text.find_first_not_of("0123456789") == std::string_view::npos;
    }
    std::string_view text_;
};

Moment read_day(Reader& reader) {
    const int year = reader.digits(4);
    if (year < 0 || !reader.take("-")) {
        return Moment::Other;
    }
    const int month = reader.digits(2);
    if (month < 0 || !reader.take("-")) {
        return Moment::Other;
    }
    const int day = reader.digits(2);
    if (day < 0) {
        return Moment::Other;
    }
    const std::chrono::year_month_day date{std::chrono::year(year),
                                           std::chrono::month(static_cast<unsigned>(month)),
                                           std::chrono::day(static_cast<unsigned>(day))};
    return date.ok() && year > 0 ? Moment::Valid : Moment::Impossible;
}

/// `Z`, `+01`, `-0130`, `+01:00`, with a blank before it or not.
Moment read_zone(Reader& reader) {
    reader.take(" ");
    if (reader.take("Zz")) {
        return reader.is_at_end() ? Moment::Valid : Moment::Other;
    }
    if (!reader.take("+-")) {
        return Moment::Other;
    }
    const int hours = reader.digits(2);
    const int minutes = reader.is_at_end() ? 0 : (reader.take(":"), reader.digits(2));
    if (hours < 0 || minutes < 0 || !reader.is_at_end()) {
        return Moment::Other;
    }
    return hours <= 15 && minutes <= 59 ? Moment::Valid : Moment::Impossible;
}

/// To the end of the text.
Moment read_time(Reader& reader) {
    const int hour = reader.digits(2);
    if (hour < 0 || !reader.take(":")) {
        return Moment::Other;
    }
    const int minute = reader.digits(2);
    int second = 0;
    if (minute < 0 || (reader.take(":") && (second = reader.digits(2)) < 0) ||
        (reader.take(".") && !reader.skip_digits())) {
        return Moment::Other;
    }
    const bool is_possible = hour <= 23 && minute <= 59 && second <= 59;
    // 24:00:00 and a leap second are for the database to judge.
    const Moment time = is_possible                                  ? Moment::Valid
                        : hour <= 24 && minute <= 59 && second <= 60 ? Moment::Other
                                                                     : Moment::Impossible;
    if (reader.is_at_end()) {
        return time;
    }
    const Moment zone = read_zone(reader);
    return time == Moment::Valid || zone == Moment::Other ? zone : time;
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

/// `[-]838:59:59.999999`: what a column of durations holds.
bool is_duration(std::string_view text) {
    Reader reader(text);
    reader.take("-");
    const std::size_t hours =
        std::min(text.find(':'), text.size()) - (text.starts_with('-') ? 1 : 0);
    if (hours < 1 || hours > 3 || reader.digits(hours) < 0 || !reader.take(":")) {
        return false;
    }
    const int minute = reader.digits(2);
    const bool has_second = reader.take(":");
    const int second = has_second ? reader.digits(2) : 0;
    if (minute < 0 || minute > 59 || second < 0 || second > 59) {
        return false;
    }
    return (!reader.take(".") || reader.skip_digits()) && reader.is_at_end();
}

Result<Value> fitted_moment(const Column& column, Value value, OtherDates other_dates) {
    const std::string_view text = trimmed(std::get<std::string>(value));
    if (column.is_duration && is_duration(text)) {
        return Value(std::string(text));
    }
    const Moment moment = moment_of(column.kind, text);
    const bool may_be_other =
        other_dates == OtherDates::Judged &&
        (text.find_first_of("0123456789") != std::string_view::npos || is_known_word(text));
    if (moment == Moment::Impossible || (moment == Moment::Other && !may_be_other)) {
        return wrong_moment(column);
    }
    if (other_dates == OtherDates::Judged) {
        return value;
    }
    constexpr std::size_t kDayBytes = 10;
    return Value(std::string(column.kind == Kind::Date ? text.substr(0, kDayBytes) : text));
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
    return Value((digits->is_negative ? "-" : "") + (digits->whole.empty() ? "0" : digits->whole) +
                 (digits->part.empty() ? "" : "." + digits->part));
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

}  // namespace

Moment moment_of(Kind kind, std::string_view text) {
    Reader reader(text);
    if (kind == Kind::Time) {
        return read_time(reader);
    }
    const Moment day = read_day(reader);
    if (day == Moment::Other || reader.is_at_end()) {
        return day;
    }
    if (!reader.take(" Tt")) {
        return Moment::Other;
    }
    const Moment time = read_time(reader);
    return day == Moment::Valid || time == Moment::Other ? time : day;
}

std::string_view without_zone(Kind kind, std::string_view text) {
    constexpr std::size_t kDayBytes = 10;
    const std::size_t time = kind == Kind::DateTime ? kDayBytes + 1 : 1;
    const std::size_t zone = text.find_first_of("Zz+-", time);
    return zone == std::string_view::npos ? text : trimmed(text.substr(0, zone));
}

std::optional<std::string> in_utc(std::string_view text) {
    text = trimmed(text);
    const std::string_view plain = without_zone(Kind::DateTime, text);
    if (plain.size() == text.size() || moment_of(Kind::DateTime, text) != Moment::Valid) {
        return std::nullopt;
    }
    const auto number = [](std::string_view digits) {
        int value = 0;
        std::from_chars(digits.data(), digits.data() + digits.size(), value);
        return value;
    };
    using namespace std::chrono;
    const sys_days day = year(number(text.substr(0, 4))) /
                         month(unsigned(number(text.substr(5, 2)))) /
                         std::chrono::day(unsigned(number(text.substr(8, 2))));
    sys_seconds at = day + hours(number(text.substr(11, 2))) + minutes(number(text.substr(14, 2)));
    const bool has_seconds = plain.size() > 18 && plain[16] == ':';
    at += seconds(has_seconds ? number(plain.substr(17, 2)) : 0);
    const std::string_view zone = trimmed(text.substr(plain.size()));
    if (zone.front() == '+' || zone.front() == '-') {
        const minutes ahead = hours(number(zone.substr(1, 2))) +
                              minutes(zone.size() > 3 ? number(zone.substr(zone.size() - 2)) : 0);
        at += zone.front() == '+' ? -ahead : ahead;
    }
    const sys_days days_at = floor<days>(at);
    const year_month_day date(days_at);
    const hh_mm_ss time(at - days_at);
    std::array<char, 48> out{};
    std::snprintf(out.data(), out.size(), "%04d-%02u-%02u %02d:%02d:%02d", int(date.year()),
                  unsigned(date.month()), unsigned(date.day()), int(time.hours().count()),
                  int(time.minutes().count()), int(time.seconds().count()));
    const std::size_t point = plain.find('.');
    return out.data() + std::string(point == std::string_view::npos ? "" : plain.substr(point));
}

Status check_moment(const Column& column, const Value& value) {
    const bool is_moment = column.kind == Kind::Date ||
                           (column.kind == Kind::Time && !column.is_duration) ||
                           column.kind == Kind::DateTime;
    const auto* text = std::get_if<std::string>(&value);
    if (is_moment && text != nullptr &&
        moment_of(column.kind, trimmed(*text)) == Moment::Impossible) {
        return wrong_moment(column);
    }
    return {};
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
            return value;
        default:
            return value;
    }
}

}  // namespace sluice::services::sql
