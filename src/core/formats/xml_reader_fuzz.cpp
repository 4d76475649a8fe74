/// Any bytes are XML or a BadRequest; what is read is valid JSON. Any JSON becomes XML that is read
/// again.

#include <cstdlib>

#include "core/formats/xml_reader.h"
#include "core/formats/xml_writer.h"

namespace {

using namespace sluice;

void write_and_read(std::string_view json) {
    XmlWriter writer(json);
    while (writer.step(64)) {
    }
    const auto xml = writer.take();
    if (!xml) {
        return;  // grown wild
    }
    const auto again = json_of_xml(*xml);
    // Deeper than what is read, or of more names.
    if (!again && again.error().message().find("more than") == std::string::npos &&
        again.error().message().find("deeper than") == std::string::npos) {
        std::abort();
    }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view text(reinterpret_cast<const char*>(data), size);
    static_cast<void>(looks_like_xml(text));
    if (is_json(text)) {
        write_and_read(text);
    }
    const auto json = json_of_xml(text);
    if (!json) {
        if (json.error().kind() != ErrorKind::BadRequest) {
            std::abort();
        }
        return 0;
    }
    if (!is_json(*json)) {
        std::abort();
    }
    write_and_read(*json);
    return 0;
}
