/// Filters resolved against a table: the half of plan.h that deals with conditions.

#include <algorithm>

#include "core/fields.h"
#include "services/sql/convert.h"
#include "services/sql/filter_parser.h"
#include "services/sql/fit.h"
#include "services/sql/functions/column_functions.h"
#include "services/sql/plan.h"

namespace sluice::services::sql {
namespace {

using Params = std::vector<std::pair<std::string, Input>>;

/// `%`, `_` and the escape itself made literal: CONTAINS '50%' looks for a percent sign.
std::string escaped_pattern(std::string_view text) {
    std::string out;
    out.reserve(text.size());
    for (const char c : text) {
        if (c == '%' || c == '_' || c == '\\') {
            out.push_back('\\');
        }
        out.push_back(c);
    }
    return out;
}

bool is_pattern(Comparator comparator) {
    return comparator == Comparator::Like || comparator == Comparator::StartsWith ||
           comparator == Comparator::EndsWith || comparator == Comparator::Contains;
}

std::string pattern(Comparator comparator, std::string text) {
    switch (comparator) {
        case Comparator::StartsWith:
            return escaped_pattern(text) + "%";
        case Comparator::EndsWith:
            return "%" + escaped_pattern(text);
        case Comparator::Contains:
            return "%" + escaped_pattern(text) + "%";
        default:
            return text;
    }
}

class Resolver {
public:
    Resolver(const Table& table, const Params& params, const LinkedFields& linked)
        : table_(table), params_(params), linked_(linked) {}

    Result<Condition> resolve(const Filter& filter) const {
        if (filter.form == Filter::Form::Compare) {
            return compare(filter.comparison);
        }
        Condition condition;
        condition.form = form_of(filter.form);
        for (const Filter& part : filter.parts) {
            SLUICE_TRY(auto resolved, resolve(part));
            condition.parts.push_back(std::move(resolved));
        }
        return condition;
    }

private:
    static Condition::Form form_of(Filter::Form form) {
        switch (form) {
            case Filter::Form::Or:
                return Condition::Form::Or;
            case Filter::Form::Nor:
                return Condition::Form::Nor;
            case Filter::Form::Xor:
                return Condition::Form::Xor;
            case Filter::Form::Not:
                return Condition::Form::Not;
            default:
                return Condition::Form::And;
        }
    }

    Result<Condition> compare(const Comparison& comparison) const {
        Condition condition;
        condition.form = Condition::Form::Compare;
        condition.comparator = comparison.comparator;
        condition.is_negated = comparison.is_negated;
        condition.column = table_.find(comparison.field);
        const auto linked =
            condition.column == nullptr ? linked_.find(comparison.field) : linked_.end();
        if (linked != linked_.end()) {
            condition.column = linked->second.column;
        }
        const auto* column = condition.column;
        if (linked != linked_.end() && column->functions && !column->functions->filter.empty()) {
            return fail(ErrorKind::BadRequest,
                        "Field '" + comparison.field +
                            "' is what a function makes of it, and no condition on related "
                            "records can name it.");
        }
        if (condition.column == nullptr) {
            return fail(ErrorKind::BadRequest, "Invalid or unparsable field in filter request: '" +
                                                   comparison.field + "'");
        }
        for (const Operand& operand : comparison.operands) {
            SLUICE_TRY(auto value, value_of(*condition.column, comparison.comparator, operand));
            if (!is_pattern(comparison.comparator)) {
                SLUICE_TRY(value, comparable(*condition.column, std::move(value)));
            }
            condition.values.push_back(std::move(value));
        }
        turn_null_into_is_null(condition);
        return linked == linked_.end() ? condition
                                       : behind(linked->second.links, std::move(condition));
    }

    static Condition behind(const std::vector<std::shared_ptr<const Link>>& links,
                            Condition condition) {
        for (auto link = links.rbegin(); link != links.rend(); ++link) {
            Condition outer;
            outer.form = Condition::Form::Linked;
            outer.link = *link;
            outer.parts.push_back(std::move(condition));
            condition = std::move(outer);
        }
        return condition;
    }

    /// `x = null` means what its writer meant.
    static void turn_null_into_is_null(Condition& condition) {
        const bool is_equality = condition.comparator == Comparator::Equal ||
                                 condition.comparator == Comparator::NotEqual;
        if (!is_equality || !is_null(condition.values.front())) {
            return;
        }
        const bool is_not = condition.comparator == Comparator::NotEqual;
        condition.comparator = Comparator::IsNull;
        condition.is_negated = condition.is_negated != is_not;
        condition.values.clear();
    }

    Result<Value> value_of(const Column& column,
                           Comparator comparator,
                           const Operand& operand) const {
        if (operand.form == Operand::Form::Parameter) {
            const std::string_view name = std::string_view(operand.text).substr(1);
            const auto found = std::ranges::find(params_, name, &Params::value_type::first);
            if (found == params_.end()) {
                return fail(ErrorKind::BadRequest, "The filter names the parameter '" +
                                                       operand.text +
                                                       "', which 'params' does not give.");
            }
            if (is_pattern(comparator)) {
                return Value(pattern(comparator, found->second.text));
            }
            return to_value(column, found->second);
        }
        if (is_pattern(comparator)) {
            return Value(pattern(comparator, operand.text));
        }
        if (operand.form == Operand::Form::Bare) {
            if (const auto sql = known_expression(operand.text)) {
                return *sql == "NULL" ? Value(Null{}) : Value(Constant{*sql});
            }
        }
        return to_value(column, operand.text);
    }

    const Table& table_;
    const Params& params_;
    const LinkedFields& linked_;
};

}  // namespace

Result<Condition> resolve_filter(const Table& table,
                                 std::string_view filter,
                                 const Params& params,
                                 const LinkedFields& linked) {
    if (trimmed(filter).empty()) {
        return Condition{};
    }
    SLUICE_TRY(const auto parsed, parse_filter(filter));
    return Resolver(table, params, linked).resolve(parsed);
}

Result<Condition> resolve_grant(const Table& table, const Grant& grant) {
    Condition all;
    all.form = grant.filters_joined_by_or && !grant.filters.empty() ? Condition::Form::Or
                                                                    : Condition::Form::And;
    const Params none;
    const LinkedFields no_links;
    Condition never;
    never.form = Condition::Form::Or;  // of nothing
    for (const RowFilter& filter : grant.filters) {
        if (filter.is_unmet) {
            all.parts.push_back(never);
            continue;
        }
        SLUICE_TRY(const auto parsed, parse_role_filter(filter.field, filter.op, filter.value));
        auto condition = Resolver(table, none, no_links).resolve(parsed);
        if (!condition) {
            // The role's mistake, not the caller's; the rows stay closed.
            return fail(Error(ErrorKind::Internal, std::string(kRoleFilterFails))
                            .with_detail(condition.error().message()));
        }
        all.parts.push_back(std::move(*condition));
    }
    return all;
}

}  // namespace sluice::services::sql
