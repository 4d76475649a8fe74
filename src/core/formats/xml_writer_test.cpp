#include "core/formats/xml_writer.h"

#include <gtest/gtest.h>

namespace sluice {
namespace {

/// What stands in the root.
std::string xml_of(std::string_view json, std::size_t step = 1'000) {
    XmlWriter writer(json);
    while (writer.step(step)) {
    }
    auto xml = writer.take();
    if (!xml) {
        return "error: " + xml.error().message();
    }
    const std::string head = "<?xml version=\"1.0\" ?><dfapi>";
    const std::string tail = "</dfapi>";
    EXPECT_TRUE(xml->starts_with(head) && xml->ends_with(tail)) << *xml;
    return xml->substr(head.size(), xml->size() - head.size() - tail.size());
}

TEST(XmlWriter, RecordsAreElementsOfOneName) {
    for (const std::size_t step : {1U, 15U, 1'000U}) {
        EXPECT_EQ(
            xml_of(R"({"resource":[{"id":1,"name":"Ada"},{"id":2}],"meta":{"count":2}})", step),
            "<resource><id>1</id><name>Ada</name></resource><resource><id>2</id></resource>"
            "<meta><count>2</count></meta>");
    }
    EXPECT_EQ(xml_of(R"([{"id":1}])"), "<resource><id>1</id></resource>");
    EXPECT_EQ(xml_of(R"({"id":1})"), "<id>1</id>");
}

TEST(XmlWriter, ErrorsAreAnElement) {
    EXPECT_EQ(xml_of(R"({"error":{"code":404,"context":null,"message":"a<b"}})"),
              "<error><code>404</code><context/><message>a&lt;b</message></error>");
}

TEST(XmlWriter, ListsRepeatTheirElement) {
    EXPECT_EQ(xml_of(R"({"a":[1,null,{"b":[2,3]}],"c":[]})"),
              "<a>1</a><a/><a><b>2</b><b>3</b></a>");
    EXPECT_EQ(xml_of(R"({"a":[[1,2],[]],"r":{"x":[[3]]}})"),
              "<a><item>1</item><item>2</item></a><a></a><r><x><item>3</item></x></r>");
    EXPECT_EQ(xml_of(R"({"resource":[]})"), "");
}

TEST(XmlWriter, NumbersKeepTheirDigits) {
    EXPECT_EQ(xml_of(R"({"a":12345678901234567890.100,"b":-1e400,"c":false})"),
              "<a>12345678901234567890.100</a><b>-1e400</b><c>false</c>");
}

TEST(XmlWriter, TextIsEscaped) {
    EXPECT_EQ(xml_of(R"({"a":"<&>\"']]>","b":"x\r\n\ty"})"),
              "<a>&lt;&amp;&gt;\"']]&gt;</a><b>x&#13;\n\ty</b>");
    EXPECT_EQ(xml_of(R"({"a":"é\ud83d\ude00"})"), "<a>é😀</a>");
}

TEST(XmlWriter, WhatIsNoCharacterIsReplaced) {
    EXPECT_EQ(xml_of(R"({"a":"x\u0000y\u001b\uffffz\ufffd"})"), "<a>x�y��z�</a>");
    EXPECT_EQ(xml_of("{\"a\":\"\xEF\xBF\xBE\"}"), "<a>�</a>");
}

TEST(XmlWriter, NamesAreMadeToFit) {
    EXPECT_EQ(xml_of(R"({"unit price":1,"a\"b":[2]})"),
              "<unit_x0020_price>1</unit_x0020_price><a_x0022_b>2</a_x0022_b>");
}

TEST(XmlWriter, ValuesThatAreNoRecordsStandInTheRoot) {
    EXPECT_EQ(xml_of("17"), "17");
    EXPECT_EQ(xml_of(R"("a\u0026b")"), "a&amp;b");
    EXPECT_EQ(xml_of("null"), "");
    EXPECT_EQ(xml_of("{}"), "");
    EXPECT_EQ(xml_of("[1,2]"), "<resource>1</resource><resource>2</resource>");
}

TEST(XmlWriter, GoesAsDeepAsJson) {
    std::string json = "1";
    std::string xml = "1";
    for (int i = 0; i < 128; ++i) {
        json = R"({"a":)" + json + "}";
        xml = "<a>" + xml + "</a>";
    }
    EXPECT_EQ(xml_of(json), xml);
    EXPECT_EQ(xml_of(R"({"a":)" + json + "}"), "error: The answer cannot be put into XML.");
}

TEST(XmlWriter, DoesNotGrowWithoutEnd) {
    const std::string json = "[{\"" + std::string(4'000'000, ' ') + "\":1}]";
    EXPECT_TRUE(xml_of(json) == "error: The answer cannot be put into XML.");
}

TEST(XmlWriter, WhatIsNoJsonIsAnError) {
    EXPECT_EQ(xml_of(R"({"a":1,)"), "error: The answer cannot be put into XML.");
}

}  // namespace
}  // namespace sluice
