#include "services/sql/related/inner_error.h"

#include "core/json.h"

namespace sluice::services::sql {
namespace {

constexpr std::int64_t kBatchCode = 1000;

const json::object* object_in(const json::value* value) {
    return value == nullptr ? nullptr : value->if_object();
}

/// Who judges by the kind of an error must see that a database was away.
ErrorKind kind_for(int status) {
    switch (status) {
        case 503:
            return ErrorKind::ServiceUnavailable;
        case 504:
            return ErrorKind::UpstreamTimeout;
        default:
            return status >= 500 ? ErrorKind::Internal : ErrorKind::BadRequest;
    }
}

Error error_from(const json::object& said, int status, std::string otherwise) {
    const std::string_view message = text_or(said, "message", "");
    Error error(kind_for(status), message.empty() ? std::move(otherwise) : std::string(message));
    error = std::move(error).with_status(status);
    error = std::move(error).with_code(integer_or(said, "code", status));
    const json::value* context = said.if_contains("context");
    return context == nullptr ? error : std::move(error).with_context(json::serialize(*context));
}

json::value body_of(const Response& response) {
    auto parsed = parse_json(response.content);
    return parsed ? std::move(*parsed) : json::value();
}

json::object said_in(const json::value& body) {
    const json::object* outer = body.if_object();
    const json::object* said = outer == nullptr ? nullptr : object_in(outer->if_contains("error"));
    return said == nullptr ? json::object() : *said;
}

/// The last of a batch's records: the one that failed.
const json::object* failed_in(const json::object& said) {
    const json::object* context = object_in(said.if_contains("context"));
    const json::value* records = context == nullptr ? nullptr : context->if_contains("resource");
    const json::array* list = records == nullptr ? nullptr : records->if_array();
    return integer_or(said, "code", 0) != kBatchCode || list == nullptr || list->empty()
               ? nullptr
               : list->back().if_object();
}

}  // namespace

Error error_in(const Response& response, std::string otherwise) {
    return error_from(said_in(body_of(response)), response.status, std::move(otherwise));
}

Error error_of_one(const Response& response, std::string otherwise) {
    const json::object said = said_in(body_of(response));
    const json::object* failed = failed_in(said);
    if (failed == nullptr) {
        return error_from(said, response.status, std::move(otherwise));
    }
    const auto status = static_cast<int>(integer_or(*failed, "status_code", response.status));
    return error_from(*failed, status, std::move(otherwise));
}

}  // namespace sluice::services::sql
