#include "services/sql/request_body.h"

#include "core/formats/csv_reader.h"
#include "core/formats/xml_reader.h"
#include "core/payload.h"

namespace sluice::services::sql {
namespace {

Record record_of(const std::vector<std::string>& names, const std::vector<CsvCell>& cells) {
    std::vector<Record::Item> items;
    items.reserve(names.size());
    for (std::size_t i = 0; i < names.size(); ++i) {
        items.emplace_back(names[i],
                           cells[i].is_null ? Input{} : Input{Input::Form::Text, cells[i].text});
    }
    return Record(std::move(items));
}

Result<Body> read_csv(std::string_view text) {
    SLUICE_TRY(CsvReader reader, CsvReader::open(text));
    Body body;
    body.form = Body::Form::List;
    std::vector<CsvCell> cells;
    while (reader.next(cells)) {
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
