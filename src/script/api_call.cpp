#include "script/api_call.h"

#include "core/payload.h"

namespace sluice::script {
namespace {

constexpr std::string_view kPrefix = "/api/v2/";

std::string with_prefix(std::string_view path) {
    while (path.starts_with('/')) {
        path.remove_prefix(1);
    }
    if (path.starts_with(kPrefix.substr(1))) {
        path.remove_prefix(kPrefix.size() - 1);
    }
    return std::string(kPrefix).append(path);
}

Error no_verb(const std::string& method) {
    return {ErrorKind::BadRequest, "platform.api knows no verb '" + method + "'."};
}

std::string with_parameters(std::string url, const Parameters& parameters) {
    const std::string fragment = url.substr(std::min(url.find('#'), url.size()));
    url.resize(url.size() - fragment.size());
    for (const auto& [name, value] : parameters) {
        url.append(url.find('?') == std::string::npos ? "?" : "&");
        url.append(percent_encode(name)).append("=").append(percent_encode(value));
    }
    return url;
}

}  // namespace

bool is_absolute(std::string_view path) {
    const std::string start = lower_case(path.substr(0, 8));
    return start.starts_with("http://") || start.starts_with("https://");
}

Result<OutboundRequest> outbound_of(ApiCall call, Deadline deadline) {
    const std::optional<Verb> verb = verb_of(call.method);
    if (!verb) {
        return fail(no_verb(call.method));
    }
    OutboundRequest request;
    request.method = name_of(*verb);
    request.url = with_parameters(std::move(call.path), call.parameters);
    request.deadline = deadline;
    for (const auto& [name, value] : call.headers) {
        request.headers.set(lower_case(name), value);
    }
    if (call.payload) {
        request.content = std::move(call.payload->text);
        if (call.payload->form == Content::Form::Json &&
            !request.headers.contains("content-type")) {
            request.headers.set("content-type", "application/json");
        }
    }
    return request;
}

Result<Request> request_of(ApiCall call, const Call& caller, Deadline deadline) {
    const std::optional<Verb> verb = verb_of(call.method);
    if (!verb) {
        return fail(no_verb(call.method));
    }
    Request request;
    request.verb = *verb;
    request.uri = with_prefix(call.path);
    const std::string_view uri = request.uri;
    const std::size_t query = uri.find('?');
    SLUICE_CHECK(percent_decode(uri.substr(0, query), Plus::Stays, "path", request.path));
    if (query != std::string_view::npos) {
        SLUICE_TRY(request.parameters, parse_query(uri.substr(query + 1)));
    }
    for (const auto& [name, value] : call.parameters) {
        request.parameters.set(name, value);
    }
    for (const auto& [name, value] : call.headers) {
        request.headers.set(lower_case(name), value);
    }
    request.content_type = request.headers.get_or("content-type", "");
    if (call.payload) {
        request.content = std::move(call.payload->text);
        if (call.payload->form == Content::Form::Json) {
            request.content_type = "application/json";
        }
    }
    const Origin& origin = caller.request.origin;
    request.origin = {.requestor = Requestor::Script,
                      .depth = origin.depth + 1,
                      .unit = origin.unit,
                      .deadline = deadline,
                      .principal = caller.principal,
                      .request_id = origin.request_id,
                      .client_address = origin.client_address};
    return request;
}

}  // namespace sluice::script
