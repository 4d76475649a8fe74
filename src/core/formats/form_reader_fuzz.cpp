/// Any bytes are a form or a BadRequest; what is read is a JSON object, no longer than its text
/// allows.

#include <cstdlib>

#include "core/formats/form_reader.h"
#include "core/json_reader.h"
#include "core/payload.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace sluice;
    const std::string_view text(reinterpret_cast<const char*>(data), size);
    const auto json = json_of_form(text);
    if (!json) {
        if (json.error().kind() != ErrorKind::BadRequest) {
            std::abort();
        }
        return 0;
    }
    // A byte becomes six at most, and each bracket a number, quotes and signs.
    if (!is_json(*json) || json->front() != '{' || json->size() > 32 * size + 2) {
        std::abort();
    }
    // What has no brackets is read alike by the reader of queries.
    if (text.find_first_of("[%") == std::string_view::npos) {
        std::string flat;
        const auto fields = parse_query(text);
        if (!fields) {
            std::abort();
        }
        fields->append_json(flat);
        if (flat.size() != json->size()) {
            std::abort();
        }
    }
    return 0;
}
