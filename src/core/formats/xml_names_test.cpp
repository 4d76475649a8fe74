#include "core/formats/xml_names.h"

#include <gtest/gtest.h>

namespace sluice {
namespace {

std::string xml_of(std::string_view name) {
    std::string out;
    append_xml_name(out, name);
    return out;
}

TEST(XmlNames, MostNamesStayAsTheyAre) {
    for (const char* name :
         {"id", "first_name", "_key", "a-b.c", "x1", "Größe", "名前", "_x", "x_1_"}) {
        EXPECT_EQ(xml_of(name), name);
        EXPECT_EQ(name_of_xml(name), name);
    }
}

TEST(XmlNames, WhatXmlDoesNotTakeIsItsNumber) {
    EXPECT_EQ(xml_of("unit price"), "unit_x0020_price");
    EXPECT_EQ(xml_of("1st"), "_x0031_st");
    EXPECT_EQ(xml_of("a:b"), "a_x003A_b");
    EXPECT_EQ(xml_of("<x/>"), "_x003C_x_x002F__x003E_");
    EXPECT_EQ(xml_of("COUNT(*)"), "COUNT_x0028__x002A__x0029_");
    EXPECT_EQ(xml_of("😀"), "_x1F600_");
    EXPECT_EQ(xml_of(""), "_x_");
}

TEST(XmlNames, AreReadBack) {
    for (const char* name :
         {"unit price", "1st", "a:b", "", "_x_", "_x0020_", "a_x0020_b", "😀", "a\tb", "_x005F_",
          "-a", "_xD800_", "_x0020", "x\x7Fy", "_x__x0020_"}) {
        EXPECT_EQ(name_of_xml(xml_of(name)), name) << xml_of(name);
    }
}

}  // namespace
}  // namespace sluice
