#include "pipeline/wanted_answer.h"

#include <gtest/gtest.h>

namespace sluice::pipeline {
namespace {

WantedAnswer wanted(const std::string& header, const Parameters& parameters = {}) {
    Request request;
    request.path = "/api/v2/db/_table/contact";
    if (!header.empty()) {
        request.headers.set("accept", header);
    }
    request.parameters = parameters;
    return wanted_answer(request);
}

TEST(WantedAnswer, JsonIsForWhoeverTakesIt) {
    for (const char* header :
         {"", "*/*", "application/json", "application/json, text/plain, */*", "text/plain",
          "text/html", "application/vnd.api+json", "text/csv, application/json",
          "application/xml;q=0.5, application/json;q=0.5", "text/csv,*/*", ";;,,", ",",
          "application/json, text/javascript, */*; q=0.01", "image/png, */*",
          "text/csv;q=0, */*"}) {
        EXPECT_TRUE(wanted(header).is_plain()) << header;
        EXPECT_FALSE(wanted(header).is_impossible) << header;
    }
}

TEST(WantedAnswer, BrowsersGetJson) {
    EXPECT_TRUE(
        wanted("text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8").is_plain());
}

TEST(WantedAnswer, CsvAndXmlAreForWhoeverPrefersThem) {
    for (const char* header :
         {"text/csv", "Text/CSV; charset=utf-8", "application/csv", "text/csv, */*;q=0.1",
          "application/json;q=0.5, text/csv;q=0.6", "application/json;q=0, text/csv;q=0.1, */*",
          "image/png, text/csv"}) {
        EXPECT_EQ(wanted(header).format, Format::Csv) << header;
    }
    for (const char* header :
         {"application/xml", "application/xml, text/csv", "application/xml, text/xml, */*; q=0.01",
          "application/json;q=0.2;v=1,application/xml; Q=0.9"}) {
        EXPECT_EQ(wanted(header).format, Format::Xml) << header;
        EXPECT_EQ(wanted(header).xml_type, "application/xml") << header;
    }
    EXPECT_EQ(wanted("text/xml, application/xml;q=0.9").xml_type, "text/xml");
}

TEST(WantedAnswer, TypesThatNobodyMakesAreImpossible) {
    for (const char* header : {"image/png", "application/pdf;q=0.5, image/*",
                               "application/json;q=0", "application/xml;q=0, image/png", "csv"}) {
        EXPECT_TRUE(wanted(header).is_impossible) << header;
    }
    EXPECT_EQ(no_such_format().status(), 406);
    EXPECT_EQ(no_such_format().code(), 406);
}

TEST(WantedAnswer, ParameterBeatsTheHeader) {
    EXPECT_EQ(wanted("application/json", {{"accept", "text/csv"}}).format, Format::Csv);
    EXPECT_TRUE(wanted("text/csv", {{"accept", "application/json"}}).is_plain());
}

TEST(WantedAnswer, FileBeatsBoth) {
    const WantedAnswer csv = wanted("application/xml", {{"file", "Rows.CSV"}, {"accept", "a/b"}});
    EXPECT_EQ(csv.format, Format::Csv);
    EXPECT_EQ(csv.file, "Rows.CSV");
    EXPECT_FALSE(csv.is_impossible);
    EXPECT_EQ(wanted("", {{"file", "x.xml"}}).xml_type, "application/xml");
    EXPECT_EQ(wanted("text/csv", {{"file", "x.json"}}).format, Format::Json);
}

TEST(WantedAnswer, FileWithoutAnExtensionGetsTheOneOfItsFormat) {
    EXPECT_EQ(wanted("", {{"file", "true"}}).file, "contact.json");
    EXPECT_EQ(wanted("text/csv", {{"file", "1"}}).file, "contact.csv");
    EXPECT_EQ(wanted("", {{"file", "report 7"}}).file, "report 7.json");
    for (const char* off : {"", "false", "0", "no"}) {
        EXPECT_TRUE(wanted("", {{"file", off}}).is_plain()) << off;
    }
}

}  // namespace
}  // namespace sluice::pipeline
