#include "services/sql/validation.h"

#include <gtest/gtest.h>

namespace sluice::services::sql {
namespace {

Input text(std::string value) {
    return {Input::Form::Text, std::move(value)};
}
Input number(std::string value) {
    return {Input::Form::Number, std::move(value)};
}

/// What `rules` say of one value: "" when it may stand there, "-" when it is left out.
std::string verdict(std::string_view rules,
                    const Input& input,
                    std::string_view picks = "",
                    bool is_insert = true) {
    const auto read = read_validation(rules, picks, "f");
    if (!read || !*read) {
        return read ? "nothing is asked" : read.error().message();
    }
    const auto judged = (*read)->judge(&input, is_insert);
    return !judged                                     ? judged.error().message()
           : *judged == Validation::Verdict::LeavesOut ? "-"
                                                       : "";
}

TEST(Validation, NothingToAskIsNull) {
    EXPECT_EQ(*read_validation("", "", "f"), nullptr);
    EXPECT_EQ(*read_validation("{}", "[]", "f"), nullptr);
}

TEST(Validation, EmailsAndAddressesOfPages) {
    EXPECT_EQ(verdict(R"({"email":{}})", text("a.b+c@sub.example.org")), "");
    EXPECT_EQ(verdict(R"({"email":{}})", text("")), "");
    for (const char* wrong :
         {"a", "a@b", "a@@b.c", ".a@b.cd", "a..b@c.de", "a b@c.de", "a@-b.cd"}) {
        EXPECT_EQ(verdict(R"({"email":{}})", text(wrong)),
                  "Field 'f' must be a valid email address.")
            << wrong;
    }
    EXPECT_EQ(verdict(R"({"url":{}})", text("https://example.org:8080/a?b#c")), "");
    EXPECT_NE(verdict(R"({"url":{}})", text("example.org")), "");
    EXPECT_NE(verdict(R"({"url":{}})", text("https://a b")), "");
}

TEST(Validation, ZeroIsZeroHoweverItIsSpelled) {
    for (const char* zero : {"0", "00", "+0", "-0.00", " 0 ", "0e5", "0.0E-3", ".0"}) {
        EXPECT_EQ(verdict(R"({"not_zero":{}})", text(zero)), "Field 'f' can not be zero.") << zero;
    }
    for (const char* other : {"10", "0.01", "1e0", "zero", "0x", "-", "."}) {
        EXPECT_EQ(verdict(R"({"not_zero":{}})", text(other)), "") << other;
    }
}

TEST(Validation, ManyPicksOfManyAreJudgedOnePassEach) {
    std::string picks = "[0";
    for (int i = 1; i < 10'000; ++i) {
        picks += "," + std::to_string(i);
    }
    std::string many = "9999";
    for (int i = 0; i < 100'000; ++i) {
        many += ",9999";
    }
    EXPECT_EQ(verdict(R"({"multi_picklist":{}})", text(many), picks + "]"), "");
    EXPECT_NE(verdict(R"({"multi_picklist":{"max":2}})", text(many), picks + "]"), "");
}

TEST(Validation, APatternDoesNotReferToItself) {
    // "/a(?R)?b/", "/(a)(?1)/", "/(a)(?-1)/"
    for (const char* pattern : {"L2EoP1IpP2Iv", "LyhhKSg/MSkv", "LyhhKSg/LTEpLw=="}) {
        EXPECT_EQ(verdict(R"({"match":{"regexp":")" + std::string(pattern) + R"("}})", text("ab")),
                  "The rule 'match' of field 'f' is wrong: its 'regexp' must not refer to itself.");
    }
    // "/^\\(?R(?-i)b$/"
    EXPECT_EQ(verdict(R"({"match":{"regexp":"L15cKD9SKD8taSliJC8="}})", text("(Rb")), "");
}

TEST(Validation, APatternThatBacktracksWithoutEndDoesNotMatch) {
    // "/^((a{1,100}){1,100}){1,100}$/"
    constexpr auto kPattern = R"({"match":{"regexp":"L14oKGF7MSwxMDB9KXsxLDEwMH0pezEsMTAwfSQv"}})";
    EXPECT_EQ(verdict(kPattern, text("aaa")), "");
    EXPECT_EQ(verdict(kPattern, text(std::string(60'000, 'a') + "!")),
              "Field 'f' does not match its pattern.");
}

TEST(Validation, NumbersWithinARange) {
    constexpr auto kRange = R"({"int":{"range":{"min":-1,"max":5}}})";
    EXPECT_EQ(verdict(kRange, number("5")), "");
    EXPECT_EQ(verdict(kRange, text("-1")), "");
    EXPECT_NE(verdict(kRange, number("6")), "");
    EXPECT_NE(verdict(kRange, number("1.5")), "");
    EXPECT_EQ(verdict(R"({"float":{}})", text("1e3")), "");
    EXPECT_NE(verdict(R"({"float":{}})", text("x")), "");
    EXPECT_EQ(verdict(R"({"boolean":{}})", text("off")), "");
    EXPECT_NE(verdict(R"({"boolean":{}})", text("maybe")), "");
    EXPECT_EQ(verdict(R"({"not_zero":{}})", number("0.01")), "");
    for (const char* zero : {"0", "0.0", "0e5", "-0"}) {
        EXPECT_NE(verdict(R"({"not_zero":{}})", number(zero)), "") << zero;
    }
}

TEST(Validation, SomethingMustBeThere) {
    EXPECT_NE(verdict(R"({"not_null":{}})", Input{}), "");
    EXPECT_EQ(verdict(R"({"not_null":{}})", text("")), "");
    EXPECT_NE(verdict(R"({"not_empty":{}})", text("")), "");
    const auto read = read_validation(R"({"not_empty":{}})", "", "f");
    EXPECT_FALSE((*read)->judge(nullptr, true));
    EXPECT_TRUE((*read)->judge(nullptr, false)) << "a change need not speak of it";
}

TEST(Validation, WhoMayWriteIt) {
    EXPECT_EQ(verdict(R"({"api_read_only":{"on_fail":"ignore_field"}})", text("x")), "-");
    EXPECT_EQ(verdict(R"({"api_read_only":{}})", text("x")), "Field 'f' is read only.");
    EXPECT_EQ(verdict(R"({"create_only":{"on_fail":"Too late."}})", text("x"), "", false),
              "Too late.");
    EXPECT_EQ(verdict(R"({"create_only":{}})", text("x")), "");
}

TEST(Validation, PatternsComeInBase64AndCannotRunAway) {
    EXPECT_EQ(verdict(R"({"match":{"regexp":"L15hKyQv"}})", text("aaa")), "");  // /^a+$/
    EXPECT_NE(verdict(R"({"match":{"regexp":"L15hKyQv"}})", text("ab")), "");
    EXPECT_NE(verdict(R"({"match":{"regexp":"KA=="}})", text("ab")).find("is wrong"),
              std::string::npos);
    // /^(a+)+$/ against many letters and one that does not fit
    EXPECT_NE(verdict(R"({"match":{"regexp":"L14oYSspKyQv"}})", text(std::string(60, 'a') + "!")),
              "");
}

TEST(Validation, PicksAreOfTheList) {
    constexpr auto kPicks = R"(["a","b",3])";
    EXPECT_EQ(verdict("", text("a"), kPicks), "");
    EXPECT_EQ(verdict("", number("3"), kPicks), "");
    EXPECT_EQ(verdict("", text("c"), kPicks), "Field 'f' must be one of its picklist.");
    constexpr auto kMany = R"({"multi_picklist":{"min":2,"max":2}})";
    EXPECT_EQ(verdict(kMany, text("a, 3"), kPicks), "");
    EXPECT_NE(verdict(kMany, text("a"), kPicks), "");
    EXPECT_NE(verdict(kMany, text("a,b,3"), kPicks), "");
    EXPECT_NE(verdict(kMany, text("a,"), kPicks), "");
    EXPECT_EQ(verdict(R"({"picklist":{}})", text("a")),
              "The rule 'picklist' of field 'f' is wrong: the field has no 'picklist'.");
}

TEST(Validation, WhatIsNoRuleIsNamed) {
    EXPECT_EQ(verdict(R"({"colour":{}})", text("a")),
              "The rule 'colour' of field 'f' is wrong: there is no such rule.");
    EXPECT_EQ(verdict(R"({"email":{"on_fial":"x"}})", text("a")),
              "The rule 'email' of field 'f' is wrong: it has no option 'on_fial'.");
    EXPECT_FALSE(read_validation("", R"([{}])", "f"));
    EXPECT_FALSE(read_validation("[]", "", "f"));
}

}  // namespace
}  // namespace sluice::services::sql
