#include "pipeline/returned_request.h"

#include "core/json.h"
#include "core/json_members.h"
#include "core/payload.h"

namespace sluice::pipeline {
namespace {

bool is_said(std::string_view json_text) {
    return !json_text.empty() && json_text != "null";
}

// Text as it is, any other value as its JSON: what scripts put into maps of texts.
std::string plain(std::string_view json_text) {
    const Result<json::value> value = parse_json(json_text);
    return value && value->is_string() ? std::string(value->get_string()) : std::string(json_text);
}

void take_text(std::string_view said, std::string_view given, std::optional<std::string>& edit) {
    if (is_said(said)) {
        if (std::string text = plain(said); text != given) {
            edit = std::move(text);
        }
    }
}

void take_fields(std::string_view said, const Fields& given, std::optional<Fields>& edit) {
    const auto members = is_said(said) ? json_members(said) : std::nullopt;
    if (!members) {
        return;
    }
    Fields fields;
    for (const auto& [name, value] : *members) {
        fields.set(name, plain(value));
    }
    if (fields != given) {
        edit = std::move(fields);
    }
}

// The payload as scripts see it; empty text where they see an empty map.
Result<std::string> payload_of(const Request& given) {
    SLUICE_TRY(std::optional<std::string> converted, converted_payload(given));
    return converted ? std::move(*converted) : given.content;
}

// An empty map and an empty list are the same to PHP.
bool is_empty(const json::value& value) {
    return (value.is_object() && value.get_object().empty()) ||
           (value.is_array() && value.get_array().empty());
}

bool says_the_same(std::string_view said, std::string_view given) {
    if (said == given) {
        return true;
    }
    const Result<json::value> a = parse_json(said);
    if (given.empty()) {
        return a && is_empty(*a);
    }
    const Result<json::value> b = parse_json(given);
    return a && b && (*a == *b || (is_empty(*a) && is_empty(*b)));
}

}  // namespace

Result<RequestEdits> returned_request(std::string_view json_text, const Request& given) {
    RequestEdits edits;
    const auto outer = json_members(json_text);
    const auto request = outer ? json_members(member_of(*outer, "request")) : std::nullopt;
    if (!request) {
        return edits;
    }
    take_text(member_of(*request, "method"), name_of(given.verb), edits.method);
    take_text(member_of(*request, "content_type"), given.content_type, edits.content_type);
    take_text(member_of(*request, "content"), given.content, edits.content);
    take_fields(member_of(*request, "parameters"), given.parameters, edits.parameters);
    take_fields(member_of(*request, "headers"), given.headers, edits.headers);
    if (const std::string_view payload = member_of(*request, "payload"); is_said(payload)) {
        SLUICE_TRY(const std::string shown, payload_of(given));
        if (!says_the_same(payload, shown)) {
            edits.payload = std::string(payload);
        }
    }
    return edits;
}

}  // namespace sluice::pipeline
