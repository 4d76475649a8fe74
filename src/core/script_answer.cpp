#include "core/script_answer.h"

#include <charconv>

#include "core/json.h"
#include "core/json_members.h"

namespace sluice {
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

}  // namespace

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

}  // namespace sluice
