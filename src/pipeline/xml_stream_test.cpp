#include "pipeline/xml_stream.h"

#include <gtest/gtest.h>

#include "core/formats/xml_writer.h"
#include "pipeline/stream_pieces.h"

namespace sluice::pipeline {
namespace {

using testing::Taken;

Taken xml_of(std::string content, std::vector<std::string> pieces) {
    return testing::taken_of(std::move(content), std::move(pieces), [](Response& response) {
        return static_cast<bool>(stream_xml(response));
    });
}

/// As the whole answer is written at once.
std::string whole(const std::string& json) {
    XmlWriter writer(json);
    while (writer.step(std::string::npos / 2)) {
    }
    return *writer.take();
}

constexpr const char* kStart = R"({"resource":[{"id":1,"tags":["a","b"]},{"id":2,"name":null})";

TEST(XmlStream, IsTheWholeInPieces) {
    const std::vector<std::vector<std::string>> streams{
        {R"(,{"id":3,"name":"],}"})", R"(,{"id":4,"name":"a<b"})", "]}"},
        {R"(,{"id":3}],"meta":{"schema":[{"id":9}],"count":3}})"},
        {R"(],"meta":{"count":2}})"},
        {"]}"},
    };
    for (const auto& pieces : streams) {
        std::string json = kStart;
        for (const std::string& piece : pieces) {
            json += piece;
        }
        const Taken taken = xml_of(kStart, pieces);
        EXPECT_EQ(taken.text, whole(json));
        EXPECT_FALSE(taken.has_failed);
    }
}

TEST(XmlStream, AFaultLeavesTheRootOpen) {
    const Taken taken = xml_of(kStart, {R"(,{"id":3})", "fails"});
    EXPECT_TRUE(taken.has_failed);
    EXPECT_EQ(taken.text.find("</dfapi>"), std::string::npos);
    EXPECT_NE(taken.text.find("<id>3</id>"), std::string::npos);
}

}  // namespace
}  // namespace sluice::pipeline
