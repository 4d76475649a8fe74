#include "services/sql/filter_parser.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace sluice::services::sql {
namespace {

using ::testing::HasSubstr;

std::string_view name_of(Comparator comparator) {
    static constexpr std::string_view kNames[] = {"=",    "!=",       ">",       ">=",   "<",
                                                  "<=",   "in",       "all",     "like", "starts",
                                                  "ends", "contains", "between", "null"};
    return kNames[static_cast<std::size_t>(comparator)];
}

/// A filter as brackets and words, values with what they were: 'quoted', bare, :parameter.
std::string shown(const Filter& filter) {
    static constexpr std::string_view kForms[] = {"", "and", "or", "nor", "xor", "not"};
    std::string out = "(";
    if (filter.form != Filter::Form::Compare) {
        out += kForms[static_cast<std::size_t>(filter.form)];
        for (const Filter& part : filter.parts) {
            out += " " + shown(part);
        }
        return out + ")";
    }
    const Comparison& comparison = filter.comparison;
    out += comparison.field + (comparison.is_negated ? " not " : " ");
    out += name_of(comparison.comparator);
    for (const Operand& operand : comparison.operands) {
        const bool is_quoted = operand.form == Operand::Form::Quoted;
        out += is_quoted ? " '" + operand.text + "'" : " " + operand.text;
    }
    return out + ")";
}

std::string parsed(std::string_view text) {
    const auto filter = parse_filter(text);
    return filter ? shown(*filter) : filter.error().message();
}

struct Line {
    std::string_view text;
    std::string_view expected;
};

TEST(ParseFilter, ReadsTheWholeGrammar) {
    const Line lines[] = {
        {"id=1", "(id = 1)"},
        {"id == 1", "(id = 1)"},
        {"id<>1", "(id != 1)"},
        {"id >= 1", "(id >= 1)"},
        {"id gte 1", "(id >= 1)"},
        {"id LTE 1", "(id <= 1)"},
        {"id Ne 1", "(id != 1)"},
        {"id eq 1", "(id = 1)"},
        {"id GT 1", "(id > 1)"},
        {"id lt 1", "(id < 1)"},
        {"name = John Smith", "(name = John Smith)"},
        {"name='a=b >= c'", "(name = 'a=b >= c')"},
        {"name like 'a=b'", "(name like 'a=b')"},
        {"name = 'it''s'", "(name = 'it's')"},
        {R"(name = 'it\'s')", "(name = 'it's')"},
        {R"~(name = "x and (y)")~", "(name = 'x and (y)')"},
        {"name = ''", "(name = '')"},
        {"name starts with Jo", "(name starts Jo)"},
        {"name ENDS   WITH 'x'", "(name ends 'x')"},
        {"name contains 50%", "(name contains 50%)"},
        {"name NOT like 'x%'", "(name not like 'x%')"},
        {"name is null", "(name null)"},
        {"name IS NOT NULL", "(name not null)"},
        {"id in (1, 2,3)", "(id in 1 2 3)"},
        {"id not in (1)", "(id not in 1)"},
        {"n in ('a,b', \"c)\", d e)", "(n in 'a,b' 'c)' d e)"},
        {"n all (1,2)", "(n all 1 2)"},
        {"id between 1 and 5", "(id between 1 5)"},
        {"d not between '2020-01-01' and '2021-01-01'",
         "(d not between '2020-01-01' '2021-01-01')"},
        {"id = :id", "(id = :id)"},
        {"first name = x", "(first name = x)"},
        {"[first name] = x", "(first name = x)"},
        {"`select` = x", "(select = x)"},
        {"\"or\" = x", "(or = x)"},
        {"brand = x", "(brand = x)"},
        {"in_stock = 1", "(in_stock = 1)"},
        {"candy like x or band = y", "(or (candy like x) (band = y))"},
        {"(a = 1) and (b = 2)", "(and (a = 1) (b = 2))"},
        {"(a=1)AND(b=2)", "(and (a = 1) (b = 2))"},
        {"a = 1 and b = 2 and c = 3", "(and (a = 1) (b = 2) (c = 3))"},
        {"a = 1 && b = 2 || c = 3", "(or (and (a = 1) (b = 2)) (c = 3))"},
        {"a = 1 or b = 2 and c = 3", "(or (a = 1) (and (b = 2) (c = 3)))"},
        {"(a = 1 or b = 2) and c = 3", "(and (or (a = 1) (b = 2)) (c = 3))"},
        {"(a = 1) nor (b = 2)", "(nor (a = 1) (b = 2))"},
        {"(a = 1) xor (b = 2)", "(xor (a = 1) (b = 2))"},
        {"NOT (a = 1)", "(not (a = 1))"},
        {"NOT(a = 1) and not b = 2", "(and (not (a = 1)) (not (b = 2)))"},
        {"((a = 1))", "(a = 1)"},
        {"a = rock and roll", "At position"},
        {"a = foo(bar)", "(a = foo(bar))"},
        {"a = \xC3\xA9t\xC3\xA9", "(a = \xC3\xA9t\xC3\xA9)"},
    };
    for (const Line& line : lines) {
        EXPECT_THAT(parsed(line.text), HasSubstr(line.expected)) << line.text;
    }
}

TEST(ParseFilter, SaysWhereItStoppedAndWhatItExpected) {
    const Line lines[] = {
        {"", "At position 1: expected a field name, found the end."},
        {"id", "At position 3: expected an operator"},
        {"id =", "At position 5: expected a value, found the end."},
        {"= 1", "At position 1: expected a field name, found '= 1'."},
        {"(id = 1", "At position 8: expected ')', AND or OR, found the end."},
        {"id = 1)", "At position 7: expected AND, OR or the end, found ')'."},
        {"id in 1", "Filter value lists must be wrapped in parentheses. At position 7"},
        {"id in (1, 2", "expected ',' or ')', found the end."},
        {"id in ()", "expected a value"},
        {"name = 'open", "At position 8: expected a closing ' for this quote"},
        {"name = 'a' b", "At position 8: expected a value that the quotes wrap as a whole"},
        {"a between 1", "expected AND and the upper end of BETWEEN"},
        {"a = 1 and", "expected a field name"},
        {"a = 1 or or b = 2", "expected a field name"},
        {"'a' = 1", "At position 1: expected a field name"},
        {"a ; drop", "expected an operator"},
        {"a = 1 \xFF", "not valid UTF-8"},
        {std::string_view("a = \0", 5), "not valid UTF-8 text"},
    };
    for (const Line& line : lines) {
        EXPECT_THAT(parsed(line.text), HasSubstr(line.expected)) << line.text;
        const auto filter = parse_filter(line.text);
        ASSERT_FALSE(filter) << line.text;
        EXPECT_EQ(filter.error().kind(), ErrorKind::BadRequest);
    }
}

TEST(ParseFilter, KeepsItsBounds) {
    std::string deep;
    for (int i = 0; i < 60; ++i) {
        deep += "(";
    }
    EXPECT_EQ(parsed(deep + "a = 1" + std::string(60, ')')), "(a = 1)");
    EXPECT_THAT(parsed(std::string(100'000, '(')), HasSubstr("no deeper nesting"));
    std::string nots;
    for (int i = 0; i < 1000; ++i) {
        nots += "not ";
    }
    EXPECT_THAT(parsed(nots + "a = 1"), HasSubstr("no deeper nesting"));
    std::string list = "a in (1";
    for (int i = 0; i < 20'000; ++i) {
        list += ",1";
    }
    EXPECT_THAT(parsed(list + ")"), HasSubstr("no more than 10000 values"));
    std::string chain = "a = 1";
    for (int i = 0; i < 5'000; ++i) {
        chain += " nor b = 2";
    }
    EXPECT_THAT(parsed(chain), HasSubstr("no more than 64"));
    EXPECT_THAT(parsed(std::string(kMaxFilterBytes + 1, 'a')), HasSubstr("longer than"));
}

TEST(ParseRoleFilter, TakesTheValueAsItIs) {
    const auto shown_of = [](std::string_view op, std::string_view value) {
        const auto filter = parse_role_filter("owner", op, value);
        return filter ? shown(*filter) : filter.error().message();
    };
    EXPECT_EQ(shown_of("=", "x' or '1'='1"), "(owner = 'x' or '1'='1')");
    EXPECT_EQ(shown_of("in", "1,2"), "(owner in 1 2)");
    EXPECT_EQ(shown_of("NOT IN", "(1, 2)"), "(owner not in 1 2)");
    EXPECT_EQ(shown_of("is null", ""), "(owner null)");
    EXPECT_EQ(shown_of("contains", "50%"), "(owner contains '50%')");
}

TEST(ParseRoleFilter, FailsClosed) {
    for (const auto& [op, value] : {std::pair{"~", "1"},
                                    {"= 1 or x", "1"},
                                    {"IN", "1) or (2"},
                                    {"IN", "1) or x in (2"},
                                    {"IN", ""}}) {
        const auto filter = parse_role_filter("owner", op, value);
        ASSERT_FALSE(filter) << op << ' ' << value;
        EXPECT_EQ(filter.error().kind(), ErrorKind::Internal);
    }
}

}  // namespace
}  // namespace sluice::services::sql
