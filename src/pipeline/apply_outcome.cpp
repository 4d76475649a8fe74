#include "pipeline/apply_outcome.h"

#include <charconv>

#include "core/json.h"
#include "core/json_members.h"

namespace sluice::pipeline {
namespace {

// Text without a type of its own goes out quoted to a client that asked for JSON, as it is to any
// other.
void set_untyped_text(Response& response, std::string text, const Request& request) {
    const std::string_view accept = request.headers.get_or("accept", kJsonType);
    if (accept.starts_with(kJsonType)) {
        response.content_type = kJsonType;
        response.content = json_string(text);
        return;
    }
    const bool is_json = parse_json(text).has_value();
    response.content_type = is_json ? std::string(kJsonType) : "text/plain; charset=utf-8";
    response.content = std::move(text);
}

// `has_type`: the response's content type is meant for this content.
void set_content(Response& response, Content content, bool has_type, const Request& request) {
    switch (content.form) {
        case Content::Form::Json:
            // A map or list is JSON whatever type was named; null is no content.
            if (!has_type || !response.is_json()) {
                response.content_type = kJsonType;
            }
            response.content = content.text == "null" ? "" : std::move(content.text);
            return;
        case Content::Form::Bytes:
            if (!has_type || response.is_json()) {
                response.content_type = "application/octet-stream";
            }
            response.content = std::move(content.text);
            return;
        case Content::Form::Text:
            break;
    }
    if (!has_type) {
        set_untyped_text(response, std::move(content.text), request);
    } else if (response.is_json() && !parse_json(content.text)) {
        response.content = json_string(content.text);
    } else {
        response.content = std::move(content.text);
    }
}

void merge_headers(Headers& into, const Headers& from) {
    for (const auto& [name, value] : from) {
        into.set(lower_case(name), value);
    }
}

void apply_edits(Response& response, ResponseEdits edits, bool had_type, const Request& request) {
    if (edits.status) {
        response.status = *edits.status;
    }
    if (edits.headers) {
        merge_headers(response.headers, *edits.headers);
    }
    const bool has_type =
        (edits.content_type && !edits.content_type->empty()) || (had_type && !edits.content_type);
    if (edits.content_type && !edits.content_type->empty()) {
        response.content_type = std::move(*edits.content_type);
    }
    if (edits.content) {
        set_content(response, std::move(*edits.content), has_type, request);
    }
}

std::optional<std::string> text_of(std::string_view json_text) {
    const Result<json::value> value = parse_json(json_text);
    return value && value->is_string() ? std::optional(std::string(value->get_string()))
                                       : std::nullopt;
}

Content content_of(std::string_view json_text) {
    if (auto text = text_of(json_text)) {
        return {Content::Form::Text, std::move(*text)};
    }
    return {Content::Form::Json, std::string(json_text)};
}

Headers headers_of(std::string_view json_text) {
    Headers headers;
    if (const auto members = json_members(json_text)) {
        for (const auto& [name, value] : *members) {
            headers.set(name, text_of(value).value_or(std::string(value)));
        }
    }
    return headers;
}

// A map with `content` or `status_code` is a whole response; so is one under the key `response`,
// for scripts that return the event they were given.
std::optional<ResponseEdits> response_in(std::string_view json_text) {
    const auto members = json_members(json_text);
    if (!members) {
        return std::nullopt;
    }
    const std::string_view content = member_of(*members, "content");
    const std::string_view status = member_of(*members, "status_code");
    if (content.empty() && status.empty()) {
        const std::string_view response = member_of(*members, "response");
        return response.empty() ? std::nullopt : response_in(response);
    }
    ResponseEdits edits;
    if (!status.empty()) {
        int number = 0;
        std::from_chars(status.data(), status.data() + status.size(), number);
        edits.status = number >= 100 && number <= 599 ? number : 500;
    }
    edits.content_type = text_of(member_of(*members, "content_type"));
    if (const std::string_view headers = member_of(*members, "headers"); !headers.empty()) {
        edits.headers = headers_of(headers);
    }
    if (!content.empty()) {
        edits.content = content_of(content);
    }
    return edits;
}

// What a script returned, as a response: a map that looks like one, or else plain content.
ResponseEdits response_of(Content returned) {
    if (returned.form == Content::Form::Json) {
        if (auto edits = response_in(returned.text)) {
            return std::move(*edits);
        }
    }
    ResponseEdits edits;
    edits.status = 200;
    edits.content = std::move(returned);
    return edits;
}

void name_dropped(std::string& dropped, bool is_set, std::string_view name) {
    if (is_set) {
        dropped.append(dropped.empty() ? "" : ", ").append(name);
    }
}

std::string names_of(const RequestEdits& edits) {
    std::string names;
    name_dropped(names, edits.method.has_value(), "request.method");
    name_dropped(names, edits.parameters.has_value(), "request.parameters");
    name_dropped(names, edits.headers.has_value(), "request.headers");
    name_dropped(names, edits.payload.has_value(), "request.payload");
    name_dropped(names, edits.content.has_value(), "request.content");
    name_dropped(names, edits.content_type.has_value(), "request.content_type");
    return names;
}

std::string names_of(const ResponseEdits& edits) {
    std::string names;
    name_dropped(names, edits.status.has_value(), "response.status_code");
    name_dropped(names, edits.headers.has_value(), "response.headers");
    name_dropped(names, edits.content.has_value(), "response.content");
    name_dropped(names, edits.content_type.has_value(), "response.content_type");
    return names;
}

std::string names_of(const Outcome& outcome) {
    std::string names = names_of(outcome.request);
    name_dropped(names, outcome.response.any(), names_of(outcome.response));
    name_dropped(names, outcome.returned.has_value() && !outcome.returned_falsy, "return value");
    return names;
}

void apply_request(RequestEdits edits, Request& request) {
    if (edits.parameters) {
        request.parameters = std::move(*edits.parameters);
    }
    if (edits.headers) {
        request.headers = std::move(*edits.headers);
    }
    if (edits.content_type) {
        request.content_type = std::move(*edits.content_type);
    }
    if (edits.payload) {
        request.content = std::move(*edits.payload);
        request.content_type = kJsonType;
    } else if (edits.content) {
        request.content = std::move(*edits.content);
    }
}

}  // namespace

Result<PreEffect> apply_pre(const Script& script, Outcome outcome, Request& request) {
    if (outcome.raised) {
        return fail(std::move(*outcome.raised));
    }
    PreEffect effect;
    if (!script.allows_modification) {
        effect.dropped = names_of(outcome);
        return effect;
    }
    // Another verb would run what the caller was not authorised for.
    name_dropped(effect.dropped, outcome.request.method.has_value(), "request.method");
    apply_request(std::move(outcome.request), request);
    ResponseEdits edits = std::move(outcome.response);
    if (outcome.returned && outcome.returned->form == Content::Form::Json) {
        // Only a map that looks like a response counts here: other values have no effect.
        if (auto returned = response_in(outcome.returned->text)) {
            edits = std::move(*returned);
        }
    }
    if (edits.any()) {
        Response response;
        response.content_type = kJsonType;
        apply_edits(response, std::move(edits), false, request);
        effect.response = std::move(response);
    }
    return effect;
}

Result<std::string> apply_post(const Script& script,
                               Outcome outcome,
                               const Request& request,
                               Response& response) {
    if (outcome.raised) {
        return fail(std::move(*outcome.raised));
    }
    if (!script.allows_modification) {
        return names_of(outcome);
    }
    std::string dropped = names_of(outcome.request);
    if (outcome.returned && !outcome.returned_falsy) {
        apply_edits(response, response_of(std::move(*outcome.returned)), false, request);
    } else {
        apply_edits(response, std::move(outcome.response), true, request);
    }
    return dropped;
}

Result<Response> answer_of(Outcome outcome, const Request& request) {
    if (outcome.raised) {
        return fail(std::move(*outcome.raised));
    }
    Response response;
    response.content.clear();
    if (outcome.returned) {
        // What a service returns is sent, also when it counts as false.
        apply_edits(response, response_of(std::move(*outcome.returned)), false, request);
    } else {
        apply_edits(response, std::move(outcome.response), false, request);
    }
    return response;
}

}  // namespace sluice::pipeline
