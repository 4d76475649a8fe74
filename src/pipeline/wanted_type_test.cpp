#include "pipeline/wanted_type.h"

#include <gtest/gtest.h>

namespace sluice::pipeline {
namespace {

bool is_served(const std::string& header, const std::string& parameter = "") {
    Request request;
    if (!header.empty()) {
        request.headers.set("accept", header);
    }
    if (!parameter.empty()) {
        request.parameters.set("accept", parameter);
    }
    return check_wanted_type(request).has_value();
}

TEST(WantedType, JsonIsServedToWhoeverTakesIt) {
    for (const char* header :
         {"", "*/*", "application/json", "text/csv, application/json;q=0.1", "text/csv,*/*",
          "application/json, text/plain, */*", "text/html,application/xml;q=0.9,*/*;q=0.8",
          "text/plain", "image/png", ";;,,", ","}) {
        EXPECT_TRUE(is_served(header)) << header;
    }
}

TEST(WantedType, OnlyWhatIsNotThereYetIs406) {
    for (const char* header : {"text/csv", "Text/CSV; charset=utf-8", "application/xml, text/xml",
                               " text/csv ,application/csv;q=0.5"}) {
        EXPECT_FALSE(is_served(header)) << header;
    }
    Request request;
    request.headers.set("accept", "text/csv");
    const Status status = check_wanted_type(request);
    EXPECT_EQ(status.error().status(), 406);
    EXPECT_EQ(status.error().code(), 406);
    EXPECT_NE(status.error().message().find("application/json"), std::string::npos);
}

TEST(WantedType, ParameterBeatsTheHeader) {
    EXPECT_FALSE(is_served("application/json", "text/csv"));
    EXPECT_TRUE(is_served("text/csv", "application/json"));
}

TEST(WantedType, FilesAreOfTheirExtension) {
    Request request;
    request.parameters.set("file", "rows.CSV");
    EXPECT_FALSE(check_wanted_type(request));
    request.parameters.set("file", "rows.json");
    EXPECT_TRUE(check_wanted_type(request));
}

}  // namespace
}  // namespace sluice::pipeline
