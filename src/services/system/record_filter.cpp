#include "services/system/record_filter.h"

#include <algorithm>
#include <charconv>
#include <optional>
#include <string>

#include "core/fields.h"
#include "services/sql/filter_parser.h"

namespace sluice::services::system {
namespace {

using sql::Comparator;
using sql::Comparison;
using sql::Filter;
using sql::Operand;

/// True, false, or neither: what comes of null.
using Truth = std::optional<bool>;

std::string text_of(const json::value& value) {
    return value.is_string() ? std::string(value.get_string()) : json::serialize(value);
}

Status fill_in(Operand& operand, const json::object& params) {
    if (operand.form != Operand::Form::Parameter) {
        return {};
    }
    const std::string_view name = operand.text;
    const json::value* given = params.if_contains(name);
    given = given == nullptr ? params.if_contains(name.substr(1)) : given;
    if (given == nullptr) {
        return fail(ErrorKind::BadRequest, "The filter names the parameter '" + operand.text +
                                               "', which 'params' does not give.");
    }
    operand.form = given->is_null() ? Operand::Form::Bare : Operand::Form::Quoted;
    operand.text = text_of(*given);
    return {};
}

/// Looks names up: fields become those of records, parameters their values.
Status resolve(Filter& filter,
               std::span<const std::string_view> fields,
               const json::object& params) {
    for (Filter& part : filter.parts) {
        SLUICE_CHECK(resolve(part, fields, params));
    }
    if (filter.form != Filter::Form::Compare) {
        return {};
    }
    Comparison& comparison = filter.comparison;
    comparison.field = lower_case(comparison.field);
    if (std::ranges::find(fields, comparison.field) == fields.end()) {
        return fail(ErrorKind::BadRequest,
                    "Invalid or unparsable field in filter request: '" + comparison.field + "'");
    }
    for (Operand& operand : comparison.operands) {
        SLUICE_CHECK(fill_in(operand, params));
    }
    return {};
}

std::optional<double> number_of(std::string_view text) {
    double number = 0;
    const auto [end, code] = std::from_chars(text.data(), text.data() + text.size(), number);
    return code == std::errc() && end == text.data() + text.size() ? std::optional(number)
                                                                   : std::nullopt;
}

/// Negative, zero, positive as `value` stands to `other`; as numbers where both are.
int compared(const json::value& value, const std::string& other) {
    if (value.is_bool()) {
        return static_cast<int>(value.get_bool()) - static_cast<int>(is_truthy(other));
    }
    const std::string text = text_of(value);
    const auto a = number_of(text);
    const auto b = number_of(other);
    if (a && b) {
        return *a < *b ? -1 : (*a > *b ? 1 : 0);
    }
    return text.compare(other);
}

/// `%` any characters, `_` one. Linear but for the last `%`.
bool is_like(std::string_view text, std::string_view pattern) {
    std::size_t t = 0;
    std::size_t p = 0;
    std::size_t star = std::string_view::npos;
    std::size_t resume = 0;
    while (t < text.size()) {
        if (p < pattern.size() && pattern[p] == '%') {
            star = p++;
            resume = t;
        } else if (p < pattern.size() && (pattern[p] == '_' || pattern[p] == text[t])) {
            ++p;
            ++t;
        } else if (star != std::string_view::npos) {
            p = star + 1;
            t = ++resume;
        } else {
            return false;
        }
    }
    return pattern.find_first_not_of('%', p) == std::string_view::npos;
}

bool is_null_word(const Operand& operand) {
    return operand.form == Operand::Form::Bare && equals_ignoring_case(operand.text, "null");
}

bool fits_text(Comparator comparator, const json::value& value, const Operand& operand) {
    const std::string text = lower_case(text_of(value));
    const std::string part = lower_case(operand.text);
    switch (comparator) {
        case Comparator::StartsWith:
            return text.starts_with(part);
        case Comparator::EndsWith:
            return text.ends_with(part);
        case Comparator::Contains:
            return text.find(part) != std::string::npos;
        default:
            return is_like(text, part);
    }
}

bool fits_value(const Comparison& comparison, const json::value& value) {
    const std::vector<Operand>& operands = comparison.operands;
    const auto against = [&value](const Operand& operand) { return compared(value, operand.text); };
    const auto equals = [&](const Operand& operand) { return against(operand) == 0; };
    switch (comparison.comparator) {
        case Comparator::Equal:
            return equals(operands.front());
        case Comparator::NotEqual:
            return !equals(operands.front());
        case Comparator::Greater:
            return against(operands.front()) > 0;
        case Comparator::GreaterOrEqual:
            return against(operands.front()) >= 0;
        case Comparator::Less:
            return against(operands.front()) < 0;
        case Comparator::LessOrEqual:
            return against(operands.front()) <= 0;
        case Comparator::In:
            return std::ranges::any_of(operands, equals);
        case Comparator::All:
            return std::ranges::all_of(operands, equals);
        case Comparator::Between:
            return against(operands[0]) >= 0 && against(operands[1]) <= 0;
        default:
            return fits_text(comparison.comparator, value, operands.front());
    }
}

/// `x = null` means what its writer meant.
std::optional<bool> asks_for_null(const Comparison& comparison) {
    if (comparison.comparator == Comparator::IsNull) {
        return !comparison.is_negated;
    }
    const bool is_equality =
        comparison.comparator == Comparator::Equal || comparison.comparator == Comparator::NotEqual;
    if (!is_equality || !is_null_word(comparison.operands.front())) {
        return std::nullopt;
    }
    return (comparison.comparator == Comparator::Equal) != comparison.is_negated;
}

Truth fits(const Comparison& comparison, const json::object& record) {
    const json::value* value = record.if_contains(comparison.field);
    const bool is_null = value == nullptr || value->is_null();
    if (const auto wants_null = asks_for_null(comparison)) {
        return is_null == *wants_null;
    }
    return is_null ? Truth() : Truth(fits_value(comparison, *value) != comparison.is_negated);
}

Truth opposite(Truth truth) {
    return truth ? Truth(!*truth) : Truth();
}

Truth fits(const Filter& filter, const json::object& record) {
    if (filter.form == Filter::Form::Compare) {
        return fits(filter.comparison, record);
    }
    // What decides the whole by itself: false for And, true for Or.
    const bool decides = filter.form == Filter::Form::Or || filter.form == Filter::Form::Nor;
    Truth all = !decides;
    for (const Filter& part : filter.parts) {
        const Truth truth = fits(part, record);
        if (filter.form == Filter::Form::Not) {
            return opposite(truth);
        }
        if (filter.form == Filter::Form::Xor) {
            all = &part == &filter.parts.front() ? truth
                  : all && truth                 ? Truth(*all != *truth)
                                                 : Truth();
        } else if (truth == decides) {
            all = decides;
            break;
        } else {
            all = truth ? all : Truth();
        }
    }
    return filter.form == Filter::Form::Nor ? opposite(all) : all;
}

}  // namespace

Result<RecordFilter> RecordFilter::parse(std::string_view text,
                                         std::span<const std::string_view> fields,
                                         const json::object& params) {
    SLUICE_TRY(Filter filter, sql::parse_filter(text));
    SLUICE_CHECK(resolve(filter, fields, params));
    return RecordFilter(std::make_shared<const Filter>(std::move(filter)));
}

bool RecordFilter::matches(const json::object& record) const {
    return fits(*root_, record) == true;
}

}  // namespace sluice::services::system
