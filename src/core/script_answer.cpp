#include "core/script_answer.h"

#include <charconv>
#include <cmath>

#include "core/final_status.h"
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

// Zero for what is no whole number.
std::int64_t whole_number(std::string_view text) {
    std::int64_t number = 0;
    const auto [end, code] = std::from_chars(text.data(), text.data() + text.size(), number);
    return code == std::errc() && end == text.data() + text.size() ? number : 0;
}

// Null sets none.
Result<std::optional<int>> status_in(std::string_view json_text) {
    const Result<json::value> value = parse_json(json_text);
    if (value && value->is_null()) {
        return std::nullopt;
    }
    std::int64_t status = 0;
    if (value && value->is_string()) {
        status = whole_number(trimmed(value->get_string()));
    } else if (value && value->is_int64()) {
        status = value->get_int64();
    } else if (value && value->is_double() && is_final_status(value->get_double()) &&
               std::trunc(value->get_double()) == value->get_double()) {
        status = static_cast<std::int64_t>(value->get_double());
    }
    if (!is_final_status(status)) {
        return fail(no_status_error());
    }
    return std::optional(static_cast<int>(status));
}

// `members` of a map that has one of those that make it a response.
Result<ResponseEdits> edits_of(const std::vector<JsonMember>& members) {
    ResponseEdits edits;
    if (const std::string_view status = member_of(members, "status_code"); !status.empty()) {
        SLUICE_TRY(edits.status, status_in(status));
    }
    edits.content_type = text_of(member_of(members, "content_type"));
    if (const std::string_view headers = member_of(members, "headers"); !headers.empty()) {
        edits.headers = headers_of(headers);
    }
    if (const std::string_view content = member_of(members, "content"); !content.empty()) {
        edits.content = content_of(content);
    }
    return edits;
}

bool is_response(const std::vector<JsonMember>& members) {
    return !member_of(members, "content").empty() || !member_of(members, "status_code").empty();
}

}  // namespace

Error no_status_error() {
    return {ErrorKind::Internal, "event.response.status_code must be a number from 200 to 599"};
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

// A map with `content` or `status_code` is a whole response; so is one under the key `response`,
// for scripts that return the event they were given.
Result<std::optional<ResponseEdits>> response_in(std::string_view json_text) {
    auto members = json_members(json_text);
    if (members && !is_response(*members)) {
        // One level only: deeper is a script's data.
        members = json_members(member_of(*members, "response"));
    }
    if (!members || !is_response(*members)) {
        return std::nullopt;
    }
    SLUICE_TRY(ResponseEdits edits, edits_of(*members));
    return std::optional(std::move(edits));
}

// What a script returned, as a response: a map that looks like one, or else plain content.
Result<ResponseEdits> response_of(Content returned) {
    if (returned.form == Content::Form::Json) {
        SLUICE_TRY(auto edits, response_in(returned.text));
        if (edits) {
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
        SLUICE_TRY(ResponseEdits edits, response_of(std::move(*outcome.returned)));
        apply_edits(response, std::move(edits), false, request);
    } else {
        apply_edits(response, std::move(outcome.response), false, request);
    }
    return response;
}

}  // namespace sluice
