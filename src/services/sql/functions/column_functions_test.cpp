#include "services/sql/functions/column_functions.h"

#include <gtest/gtest.h>

namespace sluice::services::sql {
namespace {

using Texts = std::vector<std::string>;

std::string fault(std::string_view json) {
    const auto read = read_functions(json, "f");
    return read ? "" : read.error().message();
}

TEST(ColumnFunctions, AreReadByTheirUse) {
    const auto read = read_functions(
        R"j([{"use":["SELECT","filter"],"function":"UPPER(a)"},
            {"use":"INSERT","function":"f({value}, {value})","function_type":"database"},
            {"use":["UPDATE"],"function":"NOW()","function_type":null}])j",
        "f");
    ASSERT_TRUE(read) << read.error().message();
    const ColumnFunctions& functions = **read;
    EXPECT_EQ(functions.select, "(UPPER(a))");
    EXPECT_EQ(functions.filter, "(UPPER(a))");
    EXPECT_EQ(functions.insert, (Texts{"(f(", ", ", "))"}));
    EXPECT_EQ(functions.update, (Texts{"(NOW())"}));
}

TEST(ColumnFunctions, NothingIsNone) {
    for (const char* json : {"", "[]", "null", "{}"}) {
        const auto read = read_functions(json, "f");
        ASSERT_TRUE(read) << json;
        EXPECT_EQ(*read, nullptr) << json;
        EXPECT_EQ(*kept_functions(json, "f"), "") << json;
    }
}

TEST(ColumnFunctions, AreKeptInOneForm) {
    EXPECT_EQ(*kept_functions(R"j({"function":"a","use":["filter","select"]})j", "f"),
              R"j([{"use":["SELECT"],"function":"a","function_type":"database"},)j"
              R"j({"use":["FILTER"],"function":"a","function_type":"database"}])j");
    const std::string kept = *kept_functions(R"j([{"function":"a","use":"update"}])j", "f");
    EXPECT_EQ(*kept_functions(kept, "f"), kept);
}

TEST(ColumnFunctions, WhatIsWrongIsNamed) {
    EXPECT_EQ(fault("7"), "The 'db_function' of field 'f' must be a list of objects.");
    EXPECT_EQ(fault("[7]"), "The 'db_function' of field 'f' must be a list of objects.");
    EXPECT_NE(fault(R"j([{"function":"a"}])j"), "");
    EXPECT_NE(fault(R"j([{"use":[],"function":"a"}])j"), "");
    EXPECT_NE(fault(R"j([{"use":["DROP"],"function":"a"}])j"), "");
    EXPECT_NE(fault(R"j([{"use":["SELECT"]}])j"), "");
    EXPECT_NE(fault(R"j([{"use":["SELECT"],"function":7}])j"), "");
    EXPECT_NE(fault(R"j([{"use":["SELECT"],"function":"a","function_type":"php"}])j"), "");
    EXPECT_NE(fault(R"j([{"use":["SELECT"],"function":"a","name":"x"}])j"), "");
    EXPECT_NE(fault(R"j([{"use":["SELECT","SELECT"],"function":"a"}])j"), "");
    EXPECT_NE(fault(R"j([{"use":["SELECT"],"function":"{value}"}])j"), "");
}

TEST(ColumnFunctions, AVirtualFieldIsReadByItsFunctionAlone) {
    Column column;
    EXPECT_TRUE(is_selectable(column));
    column.is_virtual = true;
    EXPECT_FALSE(is_selectable(column));
    column.functions = *read_functions(R"j([{"use":["FILTER"],"function":"a"}])j", "f");
    EXPECT_FALSE(is_selectable(column));
    column.functions = *read_functions(R"j([{"use":["SELECT"],"function":"a"}])j", "f");
    EXPECT_TRUE(is_selectable(column));
}

}  // namespace
}  // namespace sluice::services::sql
