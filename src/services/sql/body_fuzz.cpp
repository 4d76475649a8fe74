/// Any bytes are a body or a BadRequest; what the reader takes, a strict parser takes too.

#include <cstdlib>

#include "core/json.h"
#include "services/sql/query.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace sluice;
    const std::string_view text(reinterpret_cast<const char*>(data), size);
    const auto body = services::sql::read_body(text);
    if (!body) {
        if (body.error().kind() != ErrorKind::BadRequest) {
            std::abort();
        }
        return 0;
    }
    static_cast<void>(services::sql::parse_query(Verb::Get, {}, *body));
    if (body->form != services::sql::Body::Form::Empty && !parse_json(text)) {
        std::abort();
    }
    return 0;
}
