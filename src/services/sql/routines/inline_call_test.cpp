#include "services/sql/routines/inline_call.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace sluice::services::sql {
namespace {

using ::testing::HasSubstr;
using Form = Input::Form;

std::string shown(const Input& input) {
    switch (input.form) {
        case Form::Null:
            return "null";
        case Form::True:
            return "true";
        case Form::False:
            return "false";
        case Form::Number:
            return "#" + input.text;
        default:
            return "'" + input.text + "'";
    }
}

/// The values joined by blanks, or the message of the failure.
std::string read(std::string_view segment) {
    const auto call = read_inline_call(segment);
    if (!call) {
        return call.error().message();
    }
    std::string out = call->name + ":";
    if (!call->values) {
        return out + " none";
    }
    for (const Input& value : *call->values) {
        out += " " + shown(value);
    }
    return out;
}

TEST(InlineCall, ReadsValues) {
    EXPECT_EQ(read("f"), "f: none");
    EXPECT_EQ(read("f()"), "f:");
    EXPECT_EQ(read("f(  )"), "f:");
    EXPECT_EQ(read("f(1,-2.5e3 , null,TRUE,false)"), "f: #1 #-2.5e3 null true false");
    EXPECT_EQ(read("f(some words, 2026-11-21)"), "f: 'some words' '2026-11-21'");
    EXPECT_EQ(read("f(007)"), "f: '007'");
    EXPECT_EQ(read("s.f(1)  "), "s.f: #1");
}

TEST(InlineCall, ReadsQuotes) {
    EXPECT_EQ(read("f('a,b)','(')"), "f: 'a,b)' '('");
    EXPECT_EQ(read("f('it''s',\"say \"\"x\"\"\")"), "f: 'it's' 'say \"x\"'");
    EXPECT_EQ(read("f('',\"\")"), "f: '' ''");
    EXPECT_EQ(read("f('a\\',2)"), "f: 'a\\' #2");
    EXPECT_EQ(read("f('null','1')"), "f: 'null' '1'");
}

TEST(InlineCall, NamesTheValueThatCannotBeRead) {
    EXPECT_THAT(read("f(1,'a)"), HasSubstr("Value 2 in the brackets"));
    EXPECT_THAT(read("f(1"), HasSubstr("do not close"));
    EXPECT_THAT(read("f("), HasSubstr("Value 1"));
    EXPECT_THAT(read("f(1,)"), HasSubstr("Value 2"));
    EXPECT_THAT(read("f(,1)"), HasSubstr("an empty text is ''"));
    EXPECT_THAT(read("f('a'b)"), HasSubstr("a comma or the closing bracket"));
    EXPECT_THAT(read("f(g(1))"), HasSubstr("stands in quotes"));
    EXPECT_THAT(read("f(a'b')"), HasSubstr("stands in quotes"));
    EXPECT_THAT(read("f(1)x"), HasSubstr("Nothing may follow"));
    EXPECT_THAT(read("f(1)(2)"), HasSubstr("Nothing may follow"));
}

TEST(InlineCall, KeepsTheNameThatRightsWereAskedFor) {
    EXPECT_EQ(read("f (1)"), "f : #1");
    EXPECT_EQ(read("(1)"), ": #1");
}

TEST(InlineCall, BoundsTheValues) {
    std::string many = "f(0";
    for (std::size_t i = 1; i < kMaxArguments; ++i) {
        many += ",0";
    }
    EXPECT_TRUE(read_inline_call(many + ")"));
    EXPECT_THAT(read(many + ",0)"), HasSubstr("more than 1000"));
}

}  // namespace
}  // namespace sluice::services::sql
