#include "services/sql/routines/recast.h"

#include <charconv>
#include <cmath>

#include "core/fields.h"
#include "core/json.h"
#include "core/json_reader.h"

namespace sluice::services::sql {
namespace {

Cell text_cell(std::string_view text) {
    Cell cell;
    cell.form = Cell::Form::Text;
    cell.text = text;
    return cell;
}

Cell integer_cell(std::int64_t integer) {
    Cell cell;
    cell.form = Cell::Form::Integer;
    cell.integer = integer;
    return cell;
}

/// What a boolean is, in whatever form it came; empty for anything else.
std::optional<bool> truth_of(const Cell& cell) {
    if (cell.form == Cell::Form::Integer) {
        return cell.integer != 0;
    }
    if (cell.form != Cell::Form::Text) {
        return std::nullopt;
    }
    if (is_truthy(cell.text)) {
        return true;
    }
    for (const std::string_view no : {"f", "false", "0", "no", "n", "off"}) {
        if (equals_ignoring_case(cell.text, no)) {
            return false;
        }
    }
    return std::nullopt;
}

std::string_view digits_of(const Cell& cell, std::string& scratch) {
    char buffer[40];
    const auto end = cell.form == Cell::Form::Integer
                         ? std::to_chars(buffer, buffer + sizeof buffer, cell.integer).ptr
                         : std::to_chars(buffer, buffer + sizeof buffer, cell.real).ptr;
    scratch.assign(buffer, end);
    return scratch;
}

std::optional<Cell> as_integer(const Cell& cell) {
    constexpr double kExact = 9007199254740992.0;
    if (cell.form == Cell::Form::Real) {
        const bool is_whole = std::trunc(cell.real) == cell.real && std::abs(cell.real) <= kExact;
        return is_whole ? std::optional(integer_cell(static_cast<std::int64_t>(cell.real)))
                        : std::nullopt;
    }
    std::string_view text = cell.text;
    if (const std::size_t point = text.find('.');
        point != std::string_view::npos && point > 0 &&
        text.find_first_not_of('0', point + 1) == std::string_view::npos) {
        text = text.substr(0, point);
    }
    const bool is_whole =
        is_json_number(text) && text.find_first_of(".eE") == std::string_view::npos;
    return is_whole ? std::optional(text_cell(text)) : std::nullopt;
}

}  // namespace

Cell recast(const Cell& cell, Kind own, Kind& wanted, std::string& scratch) {
    const Kind asked = wanted;
    const bool is_plain = cell.form != Cell::Form::Null && cell.form != Cell::Form::Bytes;
    if (!is_plain) {
        return cell;
    }
    const auto truth =
        own == Kind::Boolean || asked == Kind::Boolean ? truth_of(cell) : std::optional<bool>();
    const bool is_number = cell.form == Cell::Form::Integer || cell.form == Cell::Form::Real;
    switch (asked) {
        case Kind::Boolean:
            if (truth) {
                return integer_cell(*truth ? 1 : 0);
            }
            break;
        case Kind::Integer:
            if (own == Kind::Boolean && truth) {
                return integer_cell(*truth ? 1 : 0);
            }
            if (cell.form == Cell::Form::Integer) {
                return cell;
            }
            if (const auto whole = as_integer(cell)) {
                return *whole;
            }
            break;
        case Kind::Text:
        case Kind::Decimal:
            if (own == Kind::Boolean && truth) {
                return text_cell(*truth ? "true" : "false");
            }
            return is_number ? text_cell(digits_of(cell, scratch)) : cell;
        default:
            return cell;
    }
    wanted = own;
    return cell;
}

}  // namespace sluice::services::sql
