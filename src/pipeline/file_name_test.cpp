#include "pipeline/file_name.h"

#include <gtest/gtest.h>

namespace sluice::pipeline {
namespace {

TEST(SafeFileName, LeavesGoodNamesAlone) {
    for (const char* name : {"contacts.csv", "Q3 report (final).xml", "größe.json", "名前.csv"}) {
        EXPECT_EQ(safe_file_name(name), name);
    }
}

TEST(SafeFileName, HasNoPathAndBreaksOutOfNothing) {
    EXPECT_EQ(safe_file_name("../../etc/passwd.csv"), "passwd.csv");
    EXPECT_EQ(safe_file_name("C:\\x\\y.csv"), "y.csv");
    EXPECT_EQ(safe_file_name("..csv"), "csv");
    EXPECT_EQ(safe_file_name("a\"; filename=\"b.exe\r\nX: y.csv"), "a__ filename=_b.exe__X_ y.csv");
    EXPECT_EQ(safe_file_name("a\xFF"
                             "b%00.csv"),
              "a_b_00.csv");
    EXPECT_EQ(safe_file_name("/"), "file");
    EXPECT_EQ(safe_file_name(""), "file");
}

TEST(SafeFileName, IsShort) {
    const std::string ascii = safe_file_name(std::string(1'000, 'a') + ".json");
    EXPECT_EQ(ascii.size(), 150U);
    EXPECT_TRUE(ascii.ends_with("a.json"));
    std::string wide;
    for (int i = 0; i < 200; ++i) {
        wide += "é";
    }
    EXPECT_EQ(safe_file_name(wide + ".csv"), wide.substr(0, 146) + ".csv");
    EXPECT_LE(safe_file_name(wide + wide).size(), 150U);
}

TEST(ContentDisposition, NamesTheFile) {
    EXPECT_EQ(content_disposition("contacts.csv"), "attachment; filename=\"contacts.csv\";");
    EXPECT_EQ(content_disposition("é x.csv"),
              "attachment; filename=\"__ x.csv\"; filename*=UTF-8''%C3%A9%20x.csv");
}

}  // namespace
}  // namespace sluice::pipeline
