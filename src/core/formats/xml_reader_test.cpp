#include "core/formats/xml_reader.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/formats/xml_writer.h"

namespace sluice {
namespace {

using testing::HasSubstr;

std::string message_of(std::string_view xml) {
    const auto json = json_of_xml(xml);
    return json ? "read: " + json->substr(0, 100) : json.error().message();
}

TEST(JsonOfXml, TheRootIsDropped) {
    EXPECT_EQ(*json_of_xml("<contact><id>1</id><name>Ada</name></contact>"),
              R"({"id":"1","name":"Ada"})");
    EXPECT_EQ(*json_of_xml("<?xml version=\"1.0\" ?><dfapi><resource><id>1</id></resource>"
                           "<resource><id>2</id></resource></dfapi>"),
              R"({"resource":[{"id":"1"},{"id":"2"}]})");
}

TEST(JsonOfXml, RootOfTheNameResourceStays) {
    EXPECT_EQ(*json_of_xml("<resource><id>1</id></resource>"), R"({"resource":[{"id":"1"}]})");
    EXPECT_EQ(*json_of_xml("<resource/>"), R"({"resource":[]})");
}

TEST(JsonOfXml, RecordsAreAListHoweverManyTheyAre) {
    EXPECT_EQ(*json_of_xml("<a><resource><id>1</id></resource></a>"),
              R"({"resource":[{"id":"1"}]})");
    EXPECT_EQ(*json_of_xml("<a><resource></resource></a>"), R"({"resource":[]})");
    EXPECT_EQ(*json_of_xml("<a><b><resource>x</resource></b></a>"), R"({"b":{"resource":"x"}})");
}

TEST(JsonOfXml, NothingIsNull) {
    EXPECT_EQ(*json_of_xml("<a><b/><c></c><d>\n </d><e xsi:nil='true'/></a>"),
              R"({"b":null,"c":null,"d":null,"e":null})");
    EXPECT_EQ(*json_of_xml("<dfapi/>"), "{}");
}

TEST(JsonOfXml, ElementsOfOneNameAreAList) {
    EXPECT_EQ(*json_of_xml("<a><t>1</t><u>x</u><t/><t><v>2</v></t></a>"),
              R"({"t":["1",null,{"v":"2"}],"u":"x"})");
}

TEST(JsonOfXml, TextIsDecoded) {
    EXPECT_EQ(*json_of_xml("<a><b> &lt;&amp;&gt;&quot;&apos; &#65;&#x1F600;\r\n</b></a>"),
              "{\"b\":\" <&>\\\"' A😀\\n\"}");
    EXPECT_EQ(*json_of_xml("<a><b><![CDATA[<x>&amp;]]>y<!-- no --></b><?pi x?></a>"),
              R"({"b":"<x>&amp;y"})");
    EXPECT_EQ(*json_of_xml("<?xml version='1.0' encoding='ISO-8859-1'?><a><b>\xE9</b></a>"),
              R"({"b":"é"})");
    EXPECT_EQ(*json_of_xml("\xEF\xBB\xBF<a><b>x</b></a>\n"), R"({"b":"x"})");
}

TEST(JsonOfXml, NamesLoseTheirNamespaceAndEscapes) {
    EXPECT_EQ(*json_of_xml("<n:a xmlns:n='urn:x' xml:lang='en'><n:unit_x0020_price>1"
                           "</n:unit_x0020_price></n:a>"),
              R"({"unit price":"1"})");
}

TEST(JsonOfXml, RefusesEveryDocumentType) {
    for (const char* xml :
         {"<!DOCTYPE a><a/>", "<!DOCTYPE a [<!ENTITY x SYSTEM \"file:///etc/passwd\">]><a>&x;</a>",
          "<!DOCTYPE a [<!ENTITY x \"lol\"><!ENTITY y \"&x;&x;&x;&x;\">]><a>&y;</a>",
          "<!DOCTYPE a SYSTEM \"http://127.0.0.1/x.dtd\"><a/>",
          "<!DOCTYPE a [<!ENTITY % p SYSTEM \"http://127.0.0.1/\">%p;]><a/>"}) {
        EXPECT_EQ(message_of(xml),
                  "Invalid or malformed XML in the request body at line 1: a document type "
                  "declaration (DOCTYPE) is not accepted.")
            << xml;
    }
    EXPECT_THAT(message_of("<a>&x;</a>"), HasSubstr("undefined entity"));
}

TEST(JsonOfXml, FaultsNameTheirLine) {
    EXPECT_EQ(message_of("<a>\n<b></a>"),
              "Invalid or malformed XML in the request body at line 2: mismatched tag.");
    for (const char* xml : {"", " ", "text", "<a>", "<a/><b/>", "<a>\x01</a>", "<a>&#0;</a>",
                            "<a>\xFF</a>", "<a b=\"1\" b=\"2\"/>", "<a><b></a></b>"}) {
        EXPECT_THAT(message_of(xml), HasSubstr("malformed XML in the request body at line 1"))
            << xml;
    }
}

TEST(JsonOfXml, LosesNothingInSilence) {
    EXPECT_THAT(message_of("<a><b id=\"1\">x</b></a>"),
                HasSubstr("attribute 'id' has no place in a record"));
    EXPECT_THAT(message_of("<a>text<b>x</b></a>"),
                HasSubstr("element 'a' holds both text and elements"));
}

std::string times(std::size_t count, std::string_view text) {
    std::string all;
    for (std::size_t i = 0; i < count; ++i) {
        all.append(text);
    }
    return all;
}

TEST(JsonOfXml, IsBounded) {
    EXPECT_TRUE(json_of_xml(times(64, "<a>") + times(64, "</a>")));
    EXPECT_THAT(message_of(times(65, "<a>") + times(65, "</a>")),
                HasSubstr("nested deeper than 64 levels"));
    EXPECT_THAT(message_of(times(30'000'000, "<a>")), HasSubstr("nested deeper"));
    std::string names = "<r>";
    for (int i = 0; i < 2'001; ++i) {
        names += "<n" + std::to_string(i) + "/>";
    }
    EXPECT_THAT(message_of(names + "</r>"), HasSubstr("more than 2000 names"));
    EXPECT_THAT(message_of("<r>" + times(kMaxXmlElements, "<a/>") + "</r>"),
                HasSubstr("more than 5000000 elements"));
}

TEST(JsonOfXml, ReadsWhatIsWritten) {
    const std::string json =
        R"({"resource":[{"unit price":"1.50","note":"a<b>&\r\n\tc","x":null},{"é 😀":"]]>"}]})";
    XmlWriter writer(json);
    while (writer.step(100)) {
    }
    EXPECT_EQ(*json_of_xml(*writer.take()), json);
}

TEST(LooksLikeXml, WantsAngleBrackets) {
    for (const char* yes : {"<a/>", " <?xml version='1.0'?><a></a>\n", "\xEF\xBB\xBF<a></a>"}) {
        EXPECT_TRUE(looks_like_xml(yes)) << yes;
    }
    for (const char* no : {"", "<", "a,b\n<,>", "{\"a\":\"<b>\"}", "< 5"}) {
        EXPECT_FALSE(looks_like_xml(no)) << no;
    }
}

}  // namespace
}  // namespace sluice
