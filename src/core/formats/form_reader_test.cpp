#include "core/formats/form_reader.h"

#include <gtest/gtest.h>

#include "core/payload.h"

namespace sluice {
namespace {

std::string read(std::string_view text) {
    const auto json = json_of_form(text);
    return json ? *json : json.error().message();
}

TEST(JsonOfForm, FieldsAreTexts) {
    EXPECT_EQ(read(""), "{}");
    EXPECT_EQ(read("&&"), "{}");
    EXPECT_EQ(read("a=1&b=x+y%21&c&=d"), R"({"a":"1","b":"x y!","c":"","":"d"})");
    EXPECT_EQ(read("a=%22%0A&%C3%A9=e"), "{\"a\":\"\\\"\\n\",\"\xC3\xA9\":\"e\"}");
    EXPECT_EQ(read("a=1=2&a=3"), R"({"a":"3"})");
}

TEST(JsonOfForm, BracketsAreMembersAndPlaces) {
    EXPECT_EQ(read("a[b]=1&a[c][d]=2"), R"({"a":{"b":"1","c":{"d":"2"}}})");
    EXPECT_EQ(read("a[]=1&a[]=2"), R"({"a":["1","2"]})");
    EXPECT_EQ(read("a[1]=y&a[0]=x"), R"({"a":["x","y"]})");
    EXPECT_EQ(read("a%5B0%5D%5Bn%5D=x&a%5B1%5D%5Bn%5D=y"), R"({"a":[{"n":"x"},{"n":"y"}]})");
    EXPECT_EQ(read("a[3]=x&a[]=y"), R"({"a":{"3":"x","4":"y"}})");
    EXPECT_EQ(read("a[01]=x"), R"({"a":{"01":"x"}})");
    EXPECT_EQ(read("0=x&1=y"), R"({"0":"x","1":"y"})") << "the whole is always a map";
}

TEST(JsonOfForm, TheLastOfOneNameWins) {
    EXPECT_EQ(read("a=1&a[b]=2"), R"({"a":{"b":"2"}})");
    EXPECT_EQ(read("a[b]=2&a=1"), R"({"a":"1"})");
    EXPECT_EQ(read("a[0]=1&a[0]=2"), R"({"a":["2"]})");
}

TEST(JsonOfForm, BracketsThatDoNotFitAreNames) {
    EXPECT_EQ(read("a[b=1&[c]=2&a]=3&d[e]f=4&g[[h]]=5&i[j]k[l]=6"),
              R"({"a[b":"1","[c]":"2","a]":"3","d[e]f":"4","g[[h]]":"5","i[j]k[l]":"6"})");
}

TEST(JsonOfForm, IsBounded) {
    EXPECT_EQ(read("a[1][2][3][4][5][6][7][8]=x").front(), '{');
    EXPECT_EQ(read("a[1][2][3][4][5][6][7][8][9]=x"),
              "The name of a form's field may have at most 8 brackets.");
    std::string many;
    for (std::size_t i = 0; i < kMaxParameters; ++i) {
        many += "a[]=&";
    }
    EXPECT_EQ(read(many).front(), '{');
    EXPECT_EQ(read(many + "b="), "A form may have at most 10000 fields.");
    EXPECT_EQ(read("a[18446744073709551615]=x&a[]=y").front(), '{');
}

TEST(JsonOfForm, NamesWhatIsBroken) {
    EXPECT_EQ(read("a=%zz"), "Broken percent-encoding in the form.");
    EXPECT_EQ(read("a%00=1"), "NUL is not allowed in the form.");
    EXPECT_EQ(read("a=%FF"), "The form is not UTF-8.");
}

}  // namespace
}  // namespace sluice
