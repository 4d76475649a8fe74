#include "services/sql/filter_parser.h"

#include <array>
#include <optional>
#include <utility>

#include "core/fields.h"
#include "core/utf8.h"
#include "services/sql/filter_lexer.h"

namespace sluice::services::sql {
namespace {

struct Operator {
    std::string_view spelling;
    Comparator comparator;
    bool is_negated = false;
    bool is_symbol = false;
};

/// Longer spellings first where one begins another.
constexpr std::array kOperators{
    Operator{">=", Comparator::GreaterOrEqual, false, true},
    Operator{"<=", Comparator::LessOrEqual, false, true},
    Operator{"!=", Comparator::NotEqual, false, true},
    Operator{"<>", Comparator::NotEqual, false, true},
    Operator{"==", Comparator::Equal, false, true},
    Operator{"=", Comparator::Equal, false, true},
    Operator{">", Comparator::Greater, false, true},
    Operator{"<", Comparator::Less, false, true},
    Operator{"GTE", Comparator::GreaterOrEqual},
    Operator{"LTE", Comparator::LessOrEqual},
    Operator{"NE", Comparator::NotEqual},
    Operator{"EQ", Comparator::Equal},
    Operator{"GT", Comparator::Greater},
    Operator{"LT", Comparator::Less},
    Operator{"IN", Comparator::In},
    Operator{"ALL", Comparator::All},
    Operator{"LIKE", Comparator::Like},
    Operator{"STARTS WITH", Comparator::StartsWith},
    Operator{"ENDS WITH", Comparator::EndsWith},
    Operator{"CONTAINS", Comparator::Contains},
    Operator{"BETWEEN", Comparator::Between},
    Operator{"IS NOT NULL", Comparator::IsNull, true},
    Operator{"IS NULL", Comparator::IsNull},
};

bool is_list(Comparator comparator) {
    return comparator == Comparator::In || comparator == Comparator::All;
}

class Parser {
public:
    explicit Parser(std::string_view text) : text_(text), lexer_(text) {}

    Result<Filter> whole() {
        SLUICE_TRY(auto filter, any_of(0));
        if (!lexer_.at_end()) {
            return error("AND, OR or the end");
        }
        return filter;
    }

private:
    tl::unexpected<Error> error(std::string_view expected) {
        lexer_.skip_blank();
        return filter_error(text_, lexer_.position(), expected);
    }

    static void join(Filter& left, Filter::Form form, Filter right) {
        if (left.form == form && (form == Filter::Form::And || form == Filter::Form::Or)) {
            left.parts.push_back(std::move(right));
            return;
        }
        Filter joined;
        joined.form = form;
        joined.parts.push_back(std::move(left));
        joined.parts.push_back(std::move(right));
        left = std::move(joined);
    }

    Result<Filter> any_of(std::size_t depth) {
        SLUICE_TRY(auto left, one_of(depth));
        while (true) {
            const bool is_or = lexer_.take_words("OR") || lexer_.take_symbol("||");
            if (!is_or && !lexer_.take_words("NOR")) {
                return left;
            }
            SLUICE_TRY(auto right, one_of(depth));
            join(left, is_or ? Filter::Form::Or : Filter::Form::Nor, std::move(right));
            if (!is_or) {
                SLUICE_CHECK(check_chain());
            }
        }
    }

    Result<Filter> one_of(std::size_t depth) {
        SLUICE_TRY(auto left, all_of(depth));
        while (lexer_.take_words("XOR")) {
            SLUICE_TRY(auto right, all_of(depth));
            join(left, Filter::Form::Xor, std::move(right));
            SLUICE_CHECK(check_chain());
        }
        return left;
    }

    Result<Filter> all_of(std::size_t depth) {
        SLUICE_TRY(auto left, negation(depth));
        while (lexer_.take_words("AND") || lexer_.take_symbol("&&")) {
            SLUICE_TRY(auto right, negation(depth));
            join(left, Filter::Form::And, std::move(right));
        }
        return left;
    }

    Result<Filter> negation(std::size_t depth) {
        if (depth >= kMaxFilterDepth) {
            return error("no deeper nesting");
        }
        if (lexer_.take_words("NOT") || lexer_.take_symbol("!")) {
            SLUICE_TRY(auto inner, negation(depth + 1));
            Filter filter;
            filter.form = Filter::Form::Not;
            filter.parts.push_back(std::move(inner));
            return filter;
        }
        if (lexer_.take_symbol("(")) {
            SLUICE_TRY(auto inner, any_of(depth + 1));
            if (!lexer_.take_symbol(")")) {
                return error("')', AND or OR");
            }
            // Kept apart from what stands beside it: `(a or b) and c`.
            return inner;
        }
        return comparison();
    }

    Result<Filter> comparison() {
        Filter filter;
        Comparison& made = filter.comparison;
        SLUICE_TRY(made.field, lexer_.field());
        made.is_negated = lexer_.take_words("NOT");
        lexer_.skip_blank();
        const std::size_t start = lexer_.position();
        const std::optional<Operator> found = operation();
        if (found && found->is_symbol && lexer_.position() < text_.size() &&
            std::string_view("=<>").find(text_[lexer_.position()]) != std::string_view::npos) {
            // `=>` would be `=` and a value that begins with `>`, which nobody means.
            const auto length = lexer_.position() + 1 - start;
            lexer_.go_to(start);
            return error("an operator (=, !=, <, <=, >, >= ...; there is no '" +
                         std::string(text_.substr(start, length)) + "')");
        }
        if (!found) {
            return error("an operator (=, !=, <, LIKE, IN, IS NULL ...)");
        }
        made.comparator = found->comparator;
        made.is_negated = made.is_negated != found->is_negated;
        SLUICE_CHECK(operands(made));
        return filter;
    }

    std::optional<Operator> operation() {
        for (const Operator& candidate : kOperators) {
            if (candidate.is_symbol ? lexer_.take_symbol(candidate.spelling)
                                    : lexer_.take_words(candidate.spelling)) {
                return candidate;
            }
        }
        return std::nullopt;
    }

    Status operands(Comparison& made) {
        if (made.comparator == Comparator::IsNull) {
            return ++values_ > kMaxFilterValues ? Status(error("fewer conditions")) : Status();
        }
        if (is_list(made.comparator)) {
            return list(made);
        }
        SLUICE_CHECK(value(made, false));
        if (made.comparator != Comparator::Between) {
            return {};
        }
        if (!lexer_.take_words("AND") && !lexer_.take_symbol("&&") && !lexer_.take_symbol(",")) {
            return error("AND and the upper end of BETWEEN");
        }
        return value(made, false);
    }

    Status list(Comparison& made) {
        if (!lexer_.take_symbol("(")) {
            lexer_.skip_blank();
            return fail(ErrorKind::BadRequest,
                        "Filter value lists must be wrapped in parentheses. At position " +
                            std::to_string(lexer_.position() + 1) + ": expected '('.");
        }
        do {
            SLUICE_CHECK(value(made, true));
        } while (lexer_.take_symbol(","));
        if (!lexer_.take_symbol(")")) {
            return error("',' or ')'");
        }
        return {};
    }

    Status value(Comparison& made, bool is_in_list) {
        if (++values_ > kMaxFilterValues) {
            return error("no more than " + std::to_string(kMaxFilterValues) + " values");
        }
        if (lexer_.sees_quote()) {
            const std::size_t start = lexer_.position();
            SLUICE_TRY(auto text, lexer_.quoted());
            if (ends_value(is_in_list)) {
                made.operands.push_back({Operand::Form::Quoted, std::move(text)});
                return {};
            }
            // More follows, as in 'a' b: the quotes do not wrap the whole value.
            lexer_.go_to(start);
            return error("a value that the quotes wrap as a whole");
        }
        std::string text = lexer_.bare(is_in_list);
        if (text.empty()) {
            return error("a value");
        }
        const bool is_parameter = text.size() > 1 && text.front() == ':';
        made.operands.push_back(
            {is_parameter ? Operand::Form::Parameter : Operand::Form::Bare, std::move(text)});
        return {};
    }

    bool ends_value(bool is_in_list) {
        const std::size_t start = lexer_.position();
        const bool is_end =
            lexer_.at_end() || lexer_.take_symbol(")") || lexer_.take_symbol("&&") ||
            lexer_.take_symbol("||") || lexer_.take_words("AND") || lexer_.take_words("OR") ||
            lexer_.take_words("NOR") || lexer_.take_words("XOR") || lexer_.take_symbol(",");
        const bool is_comma =
            !is_in_list && lexer_.position() > start && text_[lexer_.position() - 1] == ',';
        lexer_.go_to(start);
        return is_end && !is_comma;
    }

    /// Chains of NOR and XOR nest without brackets: bounded like brackets.
    Status check_chain() {
        if (++chained_ > kMaxFilterDepth) {
            return error("no more than " + std::to_string(kMaxFilterDepth) + " NOR and XOR");
        }
        return {};
    }

    std::string_view text_;
    FilterLexer lexer_;
    std::size_t values_ = 0;
    std::size_t chained_ = 0;
};

}  // namespace

Result<Filter> parse_filter(std::string_view text) {
    if (text.size() > kMaxFilterBytes) {
        return fail(ErrorKind::BadRequest,
                    "The filter is longer than " + std::to_string(kMaxFilterBytes) + " bytes.");
    }
    if (!is_utf8(text) || text.find('\0') != std::string_view::npos) {
        return fail(ErrorKind::BadRequest, "The filter is not valid UTF-8 text.");
    }
    return Parser(text).whole();
}

std::optional<std::string_view> find_role_operator(std::string_view operation) {
    static constexpr std::array<std::string_view, 15> kAllowed{
        "=",      "!=",          "<>",        ">",        ">=",      "<",           "<=",  "IN",
        "NOT IN", "STARTS WITH", "ENDS WITH", "CONTAINS", "IS NULL", "IS NOT NULL", "LIKE"};
    for (const std::string_view candidate : kAllowed) {
        if (equals_ignoring_case(candidate, trimmed(operation))) {
            return candidate;
        }
    }
    return std::nullopt;
}

Result<Filter> parse_role_filter(std::string_view field,
                                 std::string_view operation,
                                 std::string_view value) {
    // The operator goes through the grammar; field and value never do.
    const std::optional<std::string_view> known = find_role_operator(operation);
    if (!known) {
        return fail(Error(ErrorKind::Internal, std::string(kRoleFilterFails))
                        .with_detail("unknown operator '" + std::string(operation) + "'"));
    }
    std::string text = "x " + std::string(*known);
    if (known->ends_with("IN")) {
        const std::string_view inner = trimmed(value);
        const bool is_wrapped = inner.starts_with('(') && inner.ends_with(')');
        text += is_wrapped ? " " + std::string(inner) : " (" + std::string(inner) + ")";
    } else if (!known->ends_with("NULL")) {
        text += " 'v'";
    }
    auto filter = parse_filter(text);
    if (!filter || filter->form != Filter::Form::Compare) {
        return fail(Error(ErrorKind::Internal, std::string(kRoleFilterFails))
                        .with_detail("list '" + std::string(value) + "' cannot be read"));
    }
    filter->comparison.field = field;
    if (!known->ends_with("IN") && !known->ends_with("NULL")) {
        filter->comparison.operands.front() = {Operand::Form::Quoted, std::string(value)};
    }
    return filter;
}

}  // namespace sluice::services::sql
