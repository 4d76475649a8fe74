#include "core/error.h"

#include "core/final_status.h"
#include "core/json.h"

namespace sluice {
namespace {

constexpr std::array kFacts{
    ErrorFacts{ErrorKind::BadRequest, 400, 400, "bad_request", "BadRequestException"},
    ErrorFacts{ErrorKind::Batch, 400, 1000, "batch", "BatchException"},
    ErrorFacts{ErrorKind::Unauthorized, 401, 401, "unauthorized", "UnauthorizedException"},
    ErrorFacts{ErrorKind::Forbidden, 403, 403, "forbidden", "ForbiddenException"},
    ErrorFacts{ErrorKind::NotFound, 404, 404, "not_found", "NotFoundException"},
    ErrorFacts{ErrorKind::MethodNotAllowed, 405, 405, "method_not_allowed", ""},
    ErrorFacts{ErrorKind::Conflict, 409, 409, "conflict", "ConflictResourceException"},
    ErrorFacts{ErrorKind::PayloadTooLarge, 413, 413, "payload_too_large", ""},
    ErrorFacts{ErrorKind::UnsupportedMedia, 415, 415, "unsupported_media", ""},
    ErrorFacts{ErrorKind::HeaderTooLarge, 431, 431, "header_too_large", ""},
    ErrorFacts{ErrorKind::RequestTimeout, 408, 408, "request_timeout", ""},
    ErrorFacts{ErrorKind::TooManyRequests, 429, 429, "too_many_requests",
               "TooManyRequestsException"},
    ErrorFacts{ErrorKind::Internal, 500, 500, "internal", "InternalServerErrorException"},
    ErrorFacts{ErrorKind::NotImplemented, 501, 501, "not_implemented", "NotImplementedException"},
    ErrorFacts{ErrorKind::ServiceUnavailable, 503, 503, "service_unavailable",
               "ServiceUnavailableException"},
    ErrorFacts{ErrorKind::ScriptTimeout, 504, 504, "script_timeout", ""},
    ErrorFacts{ErrorKind::UpstreamTimeout, 504, 504, "upstream_timeout", ""},
};
static_assert(kFacts.size() == static_cast<std::size_t>(ErrorKind::kCount));

constexpr bool is_in_enum_order() {
    for (std::size_t i = 0; i < kFacts.size(); ++i) {
        if (kFacts[i].kind != static_cast<ErrorKind>(i)) {
            return false;
        }
    }
    return true;
}
static_assert(is_in_enum_order());

}  // namespace

const ErrorFacts& facts_of(ErrorKind kind) {
    return kFacts.at(static_cast<std::size_t>(kind));
}

std::optional<ErrorKind> kind_of_script_name(std::string_view script_name) {
    // Alone in sharing its kind: invalid JSON is a bad request with a class of its own.
    if (script_name == "InvalidJsonException") {
        return ErrorKind::BadRequest;
    }
    for (const ErrorFacts& facts : kFacts) {
        if (!facts.script_name.empty() && facts.script_name == script_name) {
            return facts.kind;
        }
    }
    return std::nullopt;
}

Error::Error(ErrorKind kind, std::string message) : kind_(kind), message_(std::move(message)) {}

Error Error::with_detail(std::string detail) && {
    detail_ = std::move(detail);
    return std::move(*this);
}

Error Error::with_prefix(std::string_view text) && {
    message_.insert(0, std::string(text) + " ");
    return std::move(*this);
}

Error Error::with_code(std::int64_t code) && {
    code_ = code;
    return std::move(*this);
}

Error Error::with_status(int status) && {
    status_ = is_final_status(status) ? status : 500;
    return std::move(*this);
}

Error Error::with_context(std::string json) && {
    context_ = std::move(json);
    return std::move(*this);
}

Error Error::with_bare_body() && {
    bare_body_ = true;
    return std::move(*this);
}

int Error::status() const {
    return status_.value_or(facts_of(kind_).status);
}

std::int64_t Error::code() const {
    return code_.value_or(status_.value_or(facts_of(kind_).code));
}

std::string_view Error::context() const {
    return context_.empty() ? std::string_view("null") : std::string_view(context_);
}

std::string Error::to_inner_json() const {
    std::string out = "{\"code\":" + std::to_string(code());
    out.append(",\"context\":").append(context());
    out.append(",\"message\":");
    append_json_string(out, message_);
    if (!bare_body_) {
        out.append(",\"status_code\":").append(std::to_string(status()));
    }
    out.push_back('}');
    return out;
}

std::string Error::to_json() const {
    return "{\"error\":" + to_inner_json() + "}";
}

}  // namespace sluice
