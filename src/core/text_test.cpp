#include <gtest/gtest.h>

#include "core/fields.h"
#include "core/json.h"
#include "core/utf8.h"
#include "core/verb.h"

namespace sluice {
namespace {

TEST(AppendJsonString, EscapesWhatJsonForbids) {
    EXPECT_EQ(json_string("a\"b\\c\n\t\x01/é"), "\"a\\\"b\\\\c\\n\\t\\u0001/é\"");
}

TEST(AppendJsonString, BytesThatAreNoTextBecomeTheReplacementCharacter) {
    EXPECT_EQ(json_string("a\xFFz"), "\"a\xEF\xBF\xBDz\"");
    EXPECT_EQ(json_string("\xED\xA0\x80"), "\"\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD\"");
}

TEST(ParseJson, RefusesTooDeepNesting) {
    const std::string deep =
        std::string(kMaxJsonDepth + 1, '[') + std::string(kMaxJsonDepth + 1, ']');
    EXPECT_FALSE(parse_json(deep));
    const std::string shallow(10, '[');
    EXPECT_TRUE(parse_json(shallow + std::string(10, ']')));
}

TEST(Utf8, FollowsTheTable) {
    EXPECT_EQ(utf8_length_at("a", 0), 1U);
    EXPECT_EQ(utf8_length_at("é", 0), 2U);
    EXPECT_EQ(utf8_length_at("€", 0), 3U);
    EXPECT_EQ(utf8_length_at("😀", 0), 4U);
    for (const char* bad : {"\x80", "\xC0\x80", "\xC3", "\xE0\x80\x80", "\xED\xA0\x80",
                            "\xF0\x80\x80\x80", "\xF4\x90\x80\x80", "\xF5\x80\x80\x80"}) {
        EXPECT_EQ(utf8_length_at(bad, 0), 0U);
        EXPECT_FALSE(is_utf8(bad));
    }
}

TEST(Fields, NamesIgnoreCaseAndKeepTheirSpelling) {
    Fields fields;
    fields.set("X-Key", "1");
    fields.set("x-key", "2");
    EXPECT_EQ(fields.size(), 1U);
    EXPECT_EQ(*fields.find("X-KEY"), "2");
    EXPECT_EQ(fields.begin()->first, "X-Key");
    fields.join("x-key", "3");
    EXPECT_EQ(*fields.find("x-key"), "2, 3");
    fields.remove("X-key");
    EXPECT_TRUE(fields.empty());
}

TEST(Verb, HeadReadsAsGetAndMergeAsPatch) {
    EXPECT_EQ(verb_of("get"), Verb::Get);
    EXPECT_EQ(verb_of("HEAD"), Verb::Get);
    EXPECT_EQ(verb_of("merge"), Verb::Patch);
    EXPECT_EQ(verb_of("TRACE"), std::nullopt);
}

TEST(VerbSet, BitsAreTheIncumbents) {
    EXPECT_TRUE(VerbSet(1).contains(Verb::Get));
    EXPECT_TRUE(VerbSet(2).contains(Verb::Post));
    EXPECT_TRUE(VerbSet(4).contains(Verb::Put));
    EXPECT_TRUE(VerbSet(8).contains(Verb::Patch));
    EXPECT_TRUE(VerbSet(16).contains(Verb::Delete));
    EXPECT_FALSE(VerbSet::all().contains(Verb::Options));
    EXPECT_FALSE(VerbSet::none().contains(Verb::Get));
}

}  // namespace
}  // namespace sluice
