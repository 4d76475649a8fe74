#include "services/sql/request_body.h"

#include "core/formats/csv_reader.h"
#include "core/formats/xml_reader.h"
#include "core/payload.h"

namespace sluice::services::sql {
namespace {

// Each record holds the names, and costs more than its bytes: 100,000 records of 50 fields fit.
constexpr std::size_t kMaxRecordBytes = 384UL * 1024 * 1024;

Record record_of(const std::vector<std::string>& names, const std::vector<CsvCell>& cells) {
    std::vector<Record::Item> items;
    items.reserve(names.size());
    for (std::size_t i = 0; i < names.size(); ++i) {
        items.emplace_back(names[i],
                           cells[i].is_null ? Input{} : Input{Input::Form::Text, cells[i].text});
    }
    return Record(std::move(items));
}

/// What a text takes besides its object.
std::size_t heap_of(const std::string& text) {
    return text.size() > sizeof(std::string) / 2 ? text.size() : 0;
}

Result<Body> read_csv(std::string_view text) {
    SLUICE_TRY(CsvReader reader, CsvReader::open(text));
    Body body;
    body.form = Body::Form::List;
    std::vector<CsvCell> cells;
    std::size_t bytes = 0;
    while (reader.next(cells)) {
        for (std::size_t i = 0; i < cells.size(); ++i) {
            bytes += sizeof(Record::Item) + heap_of(reader.names()[i]) + heap_of(cells[i].text);
        }
        if (bytes > kMaxRecordBytes) {
            return fail(ErrorKind::PayloadTooLarge,
                        "The CSV is too large to be taken at once; send it in several requests.");
        }
        if (body.records.size() >= kMaxRecords) {
            return fail(too_many_records());
        }
        body.records.push_back(record_of(reader.names(), cells));
    }
    SLUICE_CHECK(reader.finish());
    return body;
}

}  // namespace

Result<Body> read_request_body(const Request& request) {
    SLUICE_TRY(const PayloadForm form, record_form_of(request));
    if (form == PayloadForm::Csv) {
        return read_csv(request.content);
    }
    if (form == PayloadForm::Xml) {
        SLUICE_TRY(const std::string json, json_of_xml(request.content));
        return read_body(json);
    }
    return read_body(request.content);
}

}  // namespace sluice::services::sql
