/// Any bytes are CSV or a BadRequest; what is read is valid JSON, and comes back the same when it
/// is written as CSV and read again.

#include <cstdlib>

#include "core/formats/csv_reader.h"
#include "core/formats/csv_writer.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace sluice;
    const std::string_view text(reinterpret_cast<const char*>(data), size);
    static_cast<void>(looks_like_csv(text));
    const auto json = json_of_csv(text);
    if (!json) {
        if (json.error().kind() != ErrorKind::BadRequest &&
            json.error().kind() != ErrorKind::PayloadTooLarge) {
            std::abort();
        }
        return 0;
    }
    if (!is_json(*json)) {
        std::abort();
    }
    CsvWriter writer(*json, false);
    while (writer.step(64)) {
    }
    const auto csv = writer.take();
    if (!csv) {
        return 0;  // grown wild
    }
    if (csv->empty()) {
        if (*json != R"({"resource":[]})") {
            std::abort();
        }
        return 0;
    }
    const auto again = json_of_csv(*csv);
    // A lone null is written as an empty text: an empty line would be no record.
    if (!again || (*again != *json && csv->find("\n\"\"\n") == std::string::npos)) {
        std::abort();
    }
    return 0;
}
