#include "services/sql/convert.h"

#include <gtest/gtest.h>

#include "services/sql/base64.h"
#include "services/sql/dialects/sqlite.h"
#include "services/sql/statement.h"

namespace sluice::services::sql {
namespace {

Column column_of(Kind kind) {
    Column column;
    column.name = "x";
    column.kind = kind;
    return column;
}

/// The value's type letter and its text: i5, b(true), n1.5, t..., y(bytes), null.
std::string shown(const Result<Value>& value) {
    if (!value) {
        return value.error().message();
    }
    static constexpr std::string_view kLetters[] = {"null", "b:", "i:", "n:", "t:", "y:", "c:"};
    return std::string(kLetters[value->index()]) + text_of(*value);
}

struct Line {
    Kind kind;
    Input input;
    std::string_view expected;
};

using Form = Input::Form;

TEST(ToValue, FollowsTheKindOfTheColumn) {
    const Line lines[] = {
        {Kind::Integer, {Form::Number, "5"}, "i:5"},
        {Kind::Integer, {Form::Number, "5.0"}, "i:5"},
        {Kind::Integer, {Form::Text, " 7 "}, "i:7"},
        {Kind::Integer, {Form::True, ""}, "i:1"},
        {Kind::Integer, {Form::Number, "9223372036854775807"}, "i:9223372036854775807"},
        {Kind::Integer,
         {Form::Number, "9223372036854775808"},
         "Field 'x' must be a valid integer."},
        {Kind::Integer, {Form::Number, "5.5"}, "Field 'x' must be a valid integer."},
        {Kind::Integer, {Form::Text, ""}, "Field 'x' must be a valid integer."},
        {Kind::Integer, {Form::Text, "1 or 1"}, "Field 'x' must be a valid integer."},
        {Kind::Integer, {Form::Json, "[1]"}, "Field 'x' must be a single value."},
        {Kind::Integer, {Form::Null, ""}, "null"},
        {Kind::Real, {Form::Number, "1e400"}, "n:1e400"},
        {Kind::Real, {Form::Text, ".5"}, "n:.5"},
        {Kind::Real, {Form::Text, "."}, "Field 'x' must be a valid number."},
        {Kind::Real, {Form::Text, "1.2.3"}, "Field 'x' must be a valid number."},
        {Kind::Decimal,
         {Form::Number, "12345678901234567890.123456789012345678"},
         "t:12345678901234567890.123456789012345678"},
        {Kind::Decimal, {Form::Text, "1,5"}, "Field 'x' must be a valid decimal number."},
        {Kind::Boolean, {Form::Text, "YES"}, "b:true"},
        {Kind::Boolean, {Form::Number, "0"}, "b:false"},
        {Kind::Boolean, {Form::Number, "2"}, "Field 'x' must be a valid boolean."},
        {Kind::Text, {Form::Number, "007"}, "t:007"},
        {Kind::Text, {Form::True, ""}, "t:true"},
        {Kind::Text, {Form::Json, "{\"a\":1}"}, "t:{\"a\":1}"},
        {Kind::Text, {Form::Text, "\xFF"}, "Field 'x' must be valid UTF-8 text."},
        {Kind::Text,
         {Form::Text, std::string("a\0b", 3)},
         "Field 'x' must be text without NUL characters."},
        {Kind::Binary, {Form::Text, "AAEC/w=="}, "y:"},
        {Kind::Binary, {Form::Text, "AAE"}, "Field 'x' must be base64."},
        {Kind::Json, {Form::Json, "[1, 2.50]"}, "t:[1, 2.50]"},
        {Kind::Json, {Form::Text, "plain"}, "t:\"plain\""},
        {Kind::Json, {Form::Text, "{\"a\":1}"}, "t:{\"a\":1}"},
        {Kind::Json, {Form::Text, "{broken"}, "t:\"{broken\""},
        {Kind::Json, {Form::Number, "1.50"}, "t:1.50"},
        {Kind::Json, {Form::True, ""}, "t:true"},
        {Kind::Any, {Form::Number, "5"}, "i:5"},
        {Kind::Any, {Form::Number, "5.0"}, "n:5.0"},
        {Kind::Any, {Form::Text, "5"}, "t:5"},
        {Kind::DateTime, {Form::Text, "2026-01-01"}, "t:2026-01-01"},
    };
    for (const Line& line : lines) {
        EXPECT_EQ(shown(to_value(column_of(line.kind), line.input))
                      .substr(0, line.kind == Kind::Binary && line.expected == "y:" ? 2 : 1000),
                  line.expected)
            << line.input.text;
    }
}

TEST(KnownExpression, IsAListOfOurOwn) {
    EXPECT_EQ(known_expression("now()"), "CURRENT_TIMESTAMP");
    EXPECT_EQ(known_expression(" (NOW()) "), "CURRENT_TIMESTAMP");
    EXPECT_EQ(known_expression("NOW(); DROP TABLE x"), std::nullopt);
    EXPECT_EQ(known_expression("(select 1)"), std::nullopt);
    EXPECT_EQ(expression_of(R"~({"expression":"NOW()"})~"), "NOW()");
    EXPECT_EQ(expression_of(R"~({"expression":"NOW()","more":1})~"), std::nullopt);
    EXPECT_EQ(expression_of("[1]"), std::nullopt);
}

TEST(Base64, GoesThereAndBack) {
    for (const std::string& bytes : {std::string(), std::string("a"), std::string("ab"),
                                     std::string("abc"), std::string("\0\xFF\x10 x", 5)}) {
        std::string text;
        append_base64(text, bytes);
        EXPECT_EQ(from_base64(text), bytes);
    }
    for (const std::string_view wrong :
         {"a", "ab", "abc", "a===", "=AAA", "AA=A", "AA==AAAA", "A-A_", "AAA\n"}) {
        EXPECT_EQ(from_base64(wrong), std::nullopt) << wrong;
    }
}

TEST(ReadSqliteType, KnowsDeclaredTypes) {
    struct Declared {
        std::string_view text;
        Kind kind;
        std::string_view type;
    };
    const Declared all[] = {
        {"INTEGER", Kind::Integer, "integer"},
        {"bigint", Kind::Integer, "bigint"},
        {"TINYINT(1)", Kind::Boolean, "boolean"},
        {"BOOLEAN", Kind::Boolean, "boolean"},
        {"VARCHAR(80)", Kind::Text, "string"},
        {"text", Kind::Text, "text"},
        {"DOUBLE PRECISION", Kind::Real, "double"},
        {"decimal(10,2)", Kind::Decimal, "decimal"},
        {"DECIMAL(19, 4)", Kind::Decimal, "money"},
        {"BLOB", Kind::Binary, "binary"},
        {"JSON", Kind::Json, "json"},
        {"DATETIME", Kind::DateTime, "datetime"},
        {"TIMESTAMP", Kind::DateTime, "timestamp"},
        {"DATE", Kind::Date, "date"},
        {"", Kind::Any, "any"},
    };
    for (const Declared& declared : all) {
        Column column;
        read_sqlite_type(declared.text, column);
        EXPECT_EQ(column.kind, declared.kind) << declared.text;
        EXPECT_EQ(column.type, declared.type) << declared.text;
    }
    Column sized;
    read_sqlite_type("DECIMAL(12, 3)", sized);
    EXPECT_EQ(sized.precision, 12);
    EXPECT_EQ(sized.scale, 3);
}

}  // namespace
}  // namespace sluice::services::sql
