#include "services/sql/moment.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <chrono>

#include <fmt/format.h>

namespace sluice::services::sql {
namespace {

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
    bool sees(char letter) const { return text_.starts_with(letter); }
    std::string_view all_digits() {
        const std::string_view found =
            text_.substr(0, std::min(text_.find_first_not_of("0123456789"), text_.size()));
        text_.remove_prefix(found.size());
        return found;
    }
    bool is_at_end() const { return text_.empty(); }

private:
    static bool is_digits(std::string_view text) {
        return text.find_first_not_of("0123456789") == std::string_view::npos;
    }
    std::string_view text_;
};

struct Parts {
    std::chrono::year_month_day day{};
    int hour = 0;
    int minute = 0;
    int second = 0;
    /// Digits after the point.
    std::string_view fraction;
    /// East of Greenwich; 0 where nothing is said.
    std::chrono::minutes offset{};
    bool has_offset = false;
};

Moment read_day(Reader& reader, Parts& parts) {
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
    parts.day = {std::chrono::year(year), std::chrono::month(static_cast<unsigned>(month)),
                 std::chrono::day(static_cast<unsigned>(day))};
    return parts.day.ok() && year > 0 ? Moment::Valid : Moment::Impossible;
}

/// `Z`, `+01`, `-0130`, `+01:00`, with a blank before it or not.
Moment read_zone(Reader& reader, Parts& parts) {
    reader.take(" ");
    parts.has_offset = true;
    if (reader.take("Zz")) {
        return reader.is_at_end() ? Moment::Valid : Moment::Other;
    }
    const bool is_west = reader.sees('-');
    if (!reader.take("+-")) {
        return Moment::Other;
    }
    const int hours = reader.digits(2);
    const int minutes = reader.is_at_end() ? 0 : (reader.take(":"), reader.digits(2));
    if (hours < 0 || minutes < 0 || !reader.is_at_end()) {
        return Moment::Other;
    }
    parts.offset = std::chrono::minutes((hours * 60 + minutes) * (is_west ? -1 : 1));
    return hours <= 15 && minutes <= 59 ? Moment::Valid : Moment::Impossible;
}

/// To the end of the text.
Moment read_time(Reader& reader, Parts& parts) {
    parts.hour = reader.digits(2);
    if (parts.hour < 0 || !reader.take(":")) {
        return Moment::Other;
    }
    parts.minute = reader.digits(2);
    if (parts.minute < 0 || (reader.take(":") && (parts.second = reader.digits(2)) < 0) ||
        (reader.take(".") && (parts.fraction = reader.all_digits()).empty())) {
        return Moment::Other;
    }
    const bool is_possible = parts.hour <= 23 && parts.minute <= 59 && parts.second <= 59;
    // 24:00:00 and a leap second are for the database to judge.
    const Moment time = is_possible ? Moment::Valid
                        : parts.hour <= 24 && parts.minute <= 59 && parts.second <= 60
                            ? Moment::Other
                            : Moment::Impossible;
    if (reader.is_at_end()) {
        return time;
    }
    const Moment zone = read_zone(reader, parts);
    return time == Moment::Valid || zone == Moment::Other ? zone : time;
}

Moment read_moment(Kind kind, std::string_view text, Parts& parts) {
    Reader reader(text);
    if (kind == Kind::Time) {
        return read_time(reader, parts);
    }
    const Moment day = read_day(reader, parts);
    if (day == Moment::Other || reader.is_at_end()) {
        return day;
    }
    if (!reader.take(" Tt")) {
        return Moment::Other;
    }
    const Moment time = read_time(reader, parts);
    return day == Moment::Valid || time == Moment::Other ? time : day;
}

std::string day_text(const std::chrono::year_month_day& day) {
    return fmt::format("{:04}-{:02}-{:02}", static_cast<int>(day.year()),
                       static_cast<unsigned>(day.month()), static_cast<unsigned>(day.day()));
}

std::string time_text(int hour, int minute, const Parts& parts) {
    std::string text = fmt::format("{:02}:{:02}:{:02}", hour, minute, parts.second);
    const std::size_t last = parts.fraction.find_last_not_of('0');
    if (last != std::string_view::npos) {
        text.append(".").append(parts.fraction.substr(0, last + 1));
    }
    return text;
}

/// `08:50`, `08:50:20.5` to the end of the text, of any number of hours in up to three digits.
bool reads_duration(Reader& reader) {
    const std::string_view hours = reader.all_digits();
    const int minutes = reader.take(":") ? reader.digits(2) : -1;
    const int seconds = reader.take(":") ? reader.digits(2) : 0;
    const bool has_part = reader.take(".");
    const bool is_part_read = !has_part || !reader.all_digits().empty();
    return !hours.empty() && hours.size() <= 3 && minutes >= 0 && minutes <= 59 && seconds >= 0 &&
           seconds <= 59 && is_part_read && reader.is_at_end();
}

}  // namespace

Moment moment_of(Kind kind, std::string_view text) {
    Parts parts;
    return read_moment(kind, text, parts);
}

std::string normal_moment(Kind kind, std::string_view text) {
    Parts parts;
    if (read_moment(kind, text, parts) != Moment::Valid) {
        return std::string(text);
    }
    if (kind == Kind::Date) {
        return day_text(parts.day);
    }
    if (kind == Kind::Time) {
        return time_text(parts.hour, parts.minute, parts);
    }
    using std::chrono::hours;
    using std::chrono::minutes;
    const auto at =
        std::chrono::sys_days(parts.day) + hours(parts.hour) + minutes(parts.minute) - parts.offset;
    const auto day = std::chrono::floor<std::chrono::days>(at);
    const minutes rest = at - day;
    const int hour = static_cast<int>(rest / hours(1));
    return day_text(day) + " " +
           time_text(hour, static_cast<int>((rest - hours(hour)).count()), parts);
}

bool has_offset(std::string_view text) {
    Parts parts;
    return read_moment(Kind::DateTime, text, parts) == Moment::Valid && parts.has_offset;
}

bool is_duration(std::string_view text) {
    Reader reader(text);
    reader.take("-");
    return reads_duration(reader);
}

}  // namespace sluice::services::sql
