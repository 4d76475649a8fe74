#include "services/sql/request_body.h"

#include "core/formats/csv_reader.h"
#include "core/formats/form_reader.h"
#include "core/formats/xml_reader.h"
#include "core/payload.h"
#include "services/sql/record_reader.h"

namespace sluice::services::sql {
namespace {

Result<Body> read_csv(std::string_view text) {
    SLUICE_TRY(CsvReader csv, CsvReader::open(text));
    RecordReader reader(std::move(csv));
    Body body;
    body.form = Body::Form::List;
    SLUICE_CHECK(read_records(reader, body));
    SLUICE_CHECK(reader.csv().finish());
    return body;
}

}  // namespace

Result<Body> read_request_body(const Request& request) {
    SLUICE_TRY(const PayloadForm form, record_form_of(request));
    if (form == PayloadForm::Csv) {
        return read_csv(request.content);
    }
    if (form == PayloadForm::Xml || form == PayloadForm::Form) {
        SLUICE_TRY(std::string json, form == PayloadForm::Xml ? json_of_xml(request.content)
                                                              : json_of_form(request.content));
        auto text = std::make_shared<const std::string>(std::move(json));
        SLUICE_TRY(Body body, read_body(*text));
        body.text = std::move(text);
        return body;
    }
    return read_body(request.content);
}

}  // namespace sluice::services::sql
