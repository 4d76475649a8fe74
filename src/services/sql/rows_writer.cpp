#include "services/sql/rows_writer.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <cstring>

#include "core/json.h"
#include "core/json_reader.h"
#include "services/sql/base64.h"

namespace sluice::services::sql {
namespace {

void append_integer(std::string& out, std::int64_t integer) {
    char buffer[24];
    const auto [end, code] = std::to_chars(buffer, buffer + sizeof buffer, integer);
    out.append(buffer, end);
}

/// The shortest digits that read back as the same double.
void append_real(std::string& out, double real) {
    if (!std::isfinite(real)) {  // JSON has no word for it
        append_json_string(out, std::isnan(real) ? "NaN" : (real < 0 ? "-Infinity" : "Infinity"));
        return;
    }
    char buffer[40];
    const auto [end, code] = std::to_chars(buffer, buffer + sizeof buffer, real);
    const std::string_view digits(buffer, static_cast<std::size_t>(end - buffer));
    out.append(digits);
    if (digits.find_first_of(".e") == std::string_view::npos) {
        out.append(".0");
    }
}

/// Whether eight bytes are all plain ASCII without quotes, backslashes and control characters.
bool is_plain(std::uint64_t bytes) {
    constexpr std::uint64_t kOnes = 0x0101010101010101U;
    constexpr std::uint64_t kHighs = 0x8080808080808080U;
    const auto has_zero = [](std::uint64_t word) { return (word - kOnes) & ~word & kHighs; };
    const std::uint64_t has_control = (bytes - kOnes * 0x20) & ~bytes & kHighs;
    return ((bytes & kHighs) | has_control | has_zero(bytes ^ (kOnes * '"')) |
            has_zero(bytes ^ (kOnes * '\\'))) == 0;
}

/// What most texts are: copied as they stand. The others take the careful way.
void append_string(std::string& out, std::string_view text) {
    std::size_t i = 0;
    for (; i + 8 <= text.size(); i += 8) {
        std::uint64_t bytes = 0;
        std::memcpy(&bytes, text.data() + i, 8);
        if (!is_plain(bytes)) {
            append_json_string(out, text);
            return;
        }
    }
    std::uint64_t rest = 0x2020202020202020U;  // blanks, which are plain
    if (i < text.size()) {
        std::memcpy(&rest, text.data() + i, text.size() - i);
    }
    if (!is_plain(rest)) {
        append_json_string(out, text);
        return;
    }
    const std::size_t start = out.size();
    out.resize(start + text.size() + 2);
    out[start] = '"';
    text.copy(out.data() + start + 1, text.size());
    out.back() = '"';
}

void append_text(std::string& out, Kind kind, std::string_view text) {
    switch (kind) {
        case Kind::Real:
            if (is_json_number(text)) {
                out.append(text);
                out.append(text.find_first_of(".eE") == std::string_view::npos ? ".0" : "");
                return;
            }
            break;
        case Kind::Integer:
            if (is_json_number(text)) {
                out.append(text);
                return;
            }
            break;
        case Kind::Boolean:
            if (text == "t" || text == "true" || text == "f" || text == "false") {
                out.append(text.front() == 't' ? "true" : "false");
                return;
            }
            break;
        case Kind::Json:
            if (is_json(text)) {
                out.append(text);
                return;
            }
            break;
        default:
            break;
    }
    append_string(out, text);
}

}  // namespace

void append_cell(std::string& out, Kind kind, const Cell& cell) {
    switch (cell.form) {
        case Cell::Form::Null:
            out.append("null");
            return;
        case Cell::Form::Integer:
            if (kind == Kind::Boolean && (cell.integer == 0 || cell.integer == 1)) {
                out.append(cell.integer == 1 ? "true" : "false");
            } else {
                append_integer(out, cell.integer);
                out.append(kind == Kind::Real ? ".0" : "");  // as in any other row
            }
            return;
        case Cell::Form::Real:
            append_real(out, cell.real);
            return;
        case Cell::Form::Text:
            append_text(out, kind, cell.text);
            return;
        case Cell::Form::Bytes:
            out.push_back('"');
            append_base64(out, cell.text);
            out.push_back('"');
            return;
    }
}

void append_key(std::string& out, std::string_view json_key, bool is_first) {
    const std::size_t start = out.size();
    out.append(json_key);
    if (is_first) {
        out[start] = '{';  // in place of the comma
    }
}

void JsonRows::start_row() {
    last_row_ = out_.size();
    if (budget_) {
        others_ = budget_->held - counted_;
    }
    if (count_ > 0) {
        out_.push_back(',');
    }
    next_ = 0;
}

void JsonRows::cell(const Cell& cell) {
    if (next_ >= shape_.columns.size()) {
        const bool is_yes =
            (cell.form == Cell::Form::Integer && cell.integer != 0) ||
            (cell.form == Cell::Form::Text && (cell.text == "1" || cell.text == "t"));
        all_permitted_ = all_permitted_ && is_yes;
        return;
    }
    if (overflows(others_ + out_.size(), cell.text.size())) {
        drop_all();
        return;
    }
    const ResultColumn& column = shape_.columns[next_];
    append_key(out_, column.json_key, next_++ == 0);
    append_cell(out_, column.kind, cell);
}

/// Nobody gets them.
void JsonRows::drop_all() {
    if (budget_) {
        budget_->held -= counted_;
        counted_ = 0;
    }
    out_.resize(start_);
    out_.shrink_to_fit();
}

void JsonRows::end_row() {
    if (is_full()) {
        return;  // it was dropped, and so was this row
    }
    out_.append(next_ == 0 ? "{}" : "}");
    ++count_;
    if (budget_) {
        budget_->held += out_.size() - last_row_;
        counted_ += out_.size() - last_row_;
    }
    if (overflows(others_ + out_.size(), 0)) {  // escaped, a text may take six times its bytes
        drop_all();
    }
}

void JsonRows::reset() {
    drop_all();
    start_again();
    count_ = 0;
    last_row_ = 0;
    all_permitted_ = true;
}

void JsonRows::drop_last_row() {
    out_.resize(last_row_);
    --count_;
}

}  // namespace sluice::services::sql
