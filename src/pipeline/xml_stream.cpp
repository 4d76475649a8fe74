#include "pipeline/xml_stream.h"

#include "core/content_stream.h"
#include "core/formats/xml_writer.h"

namespace sluice::pipeline {
namespace {

/// The elements that `json` comes to, without the root around them. What follows its end is not
/// looked at.
Result<std::string> elements_of(std::string_view json) {
    XmlWriter writer(json);
    while (writer.step(std::string::npos / 2)) {
    }
    SLUICE_TRY(std::string xml, writer.take());
    xml.resize(xml.size() - XmlWriter::kTail.size());
    xml.erase(0, XmlWriter::kHead.size());
    return xml;
}

class XmlStream : public ContentStream {
public:
    explicit XmlStream(std::shared_ptr<ContentStream> json) : json_(std::move(json)) {}

    Task<Status> next(std::string& piece) override {
        CO_CHECK(co_await json_->next(piece));
        if (!piece.empty()) {
            // The list may end in the piece, or go on: then it ends behind it.
            const std::size_t comma = piece.front() == ',' ? 1 : 0;
            const std::string json =
                "{\"resource\":[" + std::string(std::string_view(piece).substr(comma)) + "]}";
            CO_TRY(piece, elements_of(json));
        }
        // Nothing at all would be the end.
        if (piece.empty() && !has_ended_) {
            has_ended_ = true;
            piece = XmlWriter::kTail;
        }
        co_return Status();
    }

private:
    std::shared_ptr<ContentStream> json_;
    bool has_ended_ = false;
};

}  // namespace

Status stream_xml(Response& response) {
    SLUICE_TRY(const std::string elements, elements_of(response.content + "]}"));
    response.content = std::string(XmlWriter::kHead) + elements;
    response.rest = std::make_shared<XmlStream>(std::move(response.rest));
    return {};
}

}  // namespace sluice::pipeline
