#include "http/override.h"

#include <algorithm>

#include "core/payload.h"

namespace sluice::http {
namespace {

constexpr std::string_view kFormType = "application/x-www-form-urlencoded";

bool is_form(const Request& request) {
    return equals_ignoring_case(std::string_view(request.content_type).substr(0, kFormType.size()),
                                kFormType);
}

Result<std::string> named_verb(std::size_t max_parameters, const Request& request) {
    for (const std::string_view header :
         {"x-http-method", "x-method-override", "x-http-method-override"}) {
        if (const std::string* value = request.headers.find(header)) {
            return *value;
        }
    }
    if (const std::string* value = request.parameters.find("method")) {
        return *value;
    }
    // Decoding a form that has no such field would be work for nothing.
    if (is_form(request) && request.content.find("_method") != std::string::npos) {
        SLUICE_TRY(const Parameters fields, parse_query(request.content, max_parameters));
        return std::string(fields.get_or("_method", ""));
    }
    return std::string();
}

}  // namespace

std::optional<Verb> verb_of_method(std::string_view method) {
    const bool is_upper = std::ranges::all_of(method, [](char c) { return c >= 'A' && c <= 'Z'; });
    return is_upper ? verb_of(method) : std::nullopt;
}

Status override_method(std::size_t max_parameters, Request& request) {
    SLUICE_TRY(const std::string name, named_verb(max_parameters, request));
    if (name.empty()) {
        return {};
    }
    const std::optional<Verb> verb = verb_of(trimmed(name));
    if (!verb) {
        return fail(ErrorKind::MethodNotAllowed, "This method is not supported.");
    }
    request.verb = *verb;
    return {};
}

}  // namespace sluice::http
