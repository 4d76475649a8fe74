#include "pipeline/convert_answer.h"

#include <boost/asio/post.hpp>
#include <boost/asio/this_coro.hpp>

#include "core/async.h"
#include "core/formats/csv_writer.h"
#include "core/formats/xml_writer.h"
#include "pipeline/csv_stream.h"
#include "pipeline/file_name.h"
#include "pipeline/xml_stream.h"

namespace sluice::pipeline {
namespace {

// Some milliseconds, as much as is compressed at a time.
constexpr std::size_t kPiece = 256UL * 1024;

template <typename Writer>
Task<Result<std::string>> write_all(Writer writer) {
    auto executor = co_await boost::asio::this_coro::executor;
    while (writer.step(kPiece)) {
        co_await boost::asio::post(executor, use_task);
    }
    co_return writer.take();
}

Task<Status> convert(Response& response, bool is_error, Format format) {
    const std::string_view json = response.content;
    CO_TRY(std::string content, format == Format::Csv
                                    ? co_await write_all(CsvWriter(json, is_error))
                                    : co_await write_all(XmlWriter(json)));
    response.content = std::move(content);
    co_return Status();
}

}  // namespace

Task<Response> convert_answer(Response response, WantedAnswer wanted) {
    const bool is_error = response.status >= 400;
    if (!wanted.file.empty() && !is_error && !response.headers.contains("content-disposition")) {
        response.headers.set("content-disposition", content_disposition(wanted.file));
    }
    if (wanted.format == Format::Json || response.content.empty() || !response.is_json()) {
        co_return response;
    }
    Status converted;
    if (!response.rest) {
        converted = co_await convert(response, is_error, wanted.format);
    } else {
        converted = wanted.format == Format::Csv ? stream_csv(response) : stream_xml(response);
    }
    if (converted) {
        response.content_type =
            wanted.format == Format::Csv ? "text/csv; charset=utf-8" : wanted.xml_type;
        response.headers.join("vary", "Accept");
    } else if (!is_error) {
        co_return Response::from(no_such_format());
    }
    co_return response;
}

}  // namespace sluice::pipeline
