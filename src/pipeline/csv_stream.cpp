#include "pipeline/csv_stream.h"

#include "core/content_stream.h"
#include "core/formats/csv_writer.h"

namespace sluice::pipeline {
namespace {

Result<std::string> written(CsvWriter& writer) {
    while (writer.step(std::string::npos / 2)) {
    }
    return writer.take();
}

class CsvStream : public ContentStream {
public:
    CsvStream(std::shared_ptr<ContentStream> json, std::vector<std::string> header)
        : json_(std::move(json)), header_(std::move(header)) {}

    Task<Status> next(std::string& piece) override {
        CO_CHECK(co_await json_->next(piece));
        if (piece.empty() || piece.front() != ',') {
            piece.clear();  // what stands beside the records has no place in CSV
            co_return Status();
        }
        piece.front() = '[';
        piece.push_back(']');  // once more, where the list has ended
        CsvWriter writer(piece, header_);
        CO_TRY(piece, written(writer));
        co_return Status();
    }

private:
    std::shared_ptr<ContentStream> json_;
    std::vector<std::string> header_;
};

}  // namespace

Status stream_csv(Response& response) {
    const std::string first = response.content + "]}";
    CsvWriter writer(first, false);
    SLUICE_TRY(response.content, written(writer));
    response.rest = std::make_shared<CsvStream>(std::move(response.rest), writer.header());
    return {};
}

}  // namespace sluice::pipeline
