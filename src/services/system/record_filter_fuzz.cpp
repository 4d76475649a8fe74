/// Any bytes are a filter over records or a BadRequest, and what is a filter can be judged.

#include <array>
#include <cstdint>
#include <cstdlib>

#include "services/system/record_filter.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace sluice;
    using services::system::RecordFilter;
    static constexpr std::array<std::string_view, 3> kFields{"id", "name", "is_active"};
    static const json::object kRecord{{"id", 7}, {"name", "a%b"}, {"is_active", true}};
    const std::string_view text(reinterpret_cast<const char*>(data), size);
    const auto filter = RecordFilter::parse(text, kFields);
    if (!filter) {
        if (filter.error().kind() != ErrorKind::BadRequest) {
            std::abort();
        }
        return 0;
    }
    static_cast<void>(filter->matches(kRecord));
    static_cast<void>(filter->matches({}));
    return 0;
}
