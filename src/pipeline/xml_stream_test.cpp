#include "pipeline/xml_stream.h"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <gtest/gtest.h>

#include "core/content_stream.h"
#include "core/formats/xml_writer.h"

namespace sluice::pipeline {
namespace {

class Pieces : public ContentStream {
public:
    explicit Pieces(std::vector<std::string> pieces) : pieces_(std::move(pieces)) {}

    Task<Status> next(std::string& piece) override {
        piece = at_ < pieces_.size() ? pieces_[at_++] : "";
        if (piece == "fails") {
            co_return fail(ErrorKind::Internal, "It fails.");
        }
        co_return Status();
    }

private:
    std::vector<std::string> pieces_;
    std::size_t at_ = 0;
};

struct Taken {
    std::string xml;
    bool has_failed = false;
};

Task<void> take(Response& response, Taken& taken) {
    taken.xml = response.content;
    std::string piece;
    do {
        const Status made = co_await response.rest->next(piece);
        taken.has_failed = !made;
        taken.xml.append(made ? piece : "");
    } while (!taken.has_failed && !piece.empty());
}

Taken xml_of(std::string content, std::vector<std::string> pieces) {
    Response response = Response::json(std::move(content));
    response.rest = std::make_shared<Pieces>(std::move(pieces));
    EXPECT_TRUE(stream_xml(response));
    Taken taken;
    boost::asio::io_context loop(1);
    boost::asio::co_spawn(loop, take(response, taken), boost::asio::detached);
    loop.run();
    return taken;
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
        EXPECT_EQ(taken.xml, whole(json));
        EXPECT_FALSE(taken.has_failed);
    }
}

TEST(XmlStream, AFaultLeavesTheRootOpen) {
    const Taken taken = xml_of(kStart, {R"(,{"id":3})", "fails"});
    EXPECT_TRUE(taken.has_failed);
    EXPECT_EQ(taken.xml.find("</dfapi>"), std::string::npos);
    EXPECT_NE(taken.xml.find("<id>3</id>"), std::string::npos);
}

}  // namespace
}  // namespace sluice::pipeline
