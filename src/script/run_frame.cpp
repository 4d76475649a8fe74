#include "script/run_frame.h"

#include "core/payload.h"
#include "core/utf8.h"
#include "script/frame.h"

namespace sluice::script {
namespace {

// The API version that events have always reported; there is no other.
constexpr std::string_view kApiVersion = "2.0";

void append_member(std::string& head, std::string_view name, std::string_view text) {
    head.append("\"").append(name).append("\":");
    append_json_string(head, text);
}

Content::Form form_of_bytes(std::string_view bytes) {
    return is_utf8(bytes) ? Content::Form::Text : Content::Form::Bytes;
}

void append_limits(std::string& head, const Limits& limits) {
    head.append(",\"limits\":{\"wall_ms\":").append(std::to_string(limits.wall.count()));
    head.append(",\"memory_bytes\":").append(std::to_string(limits.memory_bytes));
    head.append(",\"output_bytes\":").append(std::to_string(limits.output_bytes));
    head.append(",\"api_calls\":").append(std::to_string(limits.api_calls)).append("}");
}

void append_request(std::string& head, const Event& event) {
    head.append(",\"request\":{\"api_version\":\"").append(kApiVersion).append("\",");
    append_member(head, "method", name_of(event.request.verb));
    head.append(",");
    append_member(head, "content_type", event.request.content_type);
    head.append(",");
    append_member(head, "uri", event.request.uri);
    head.append(",");
    append_member(head, "service", event.call.target.service);
    head.append("}");
}

// A script service starts from an empty answer that it may fill.
void append_response(std::string& head, const Event& event) {
    if (event.response != nullptr) {
        head.append(",\"response\":{\"status_code\":");
        head.append(std::to_string(event.response->status)).append(",");
        append_member(head, "content_type", event.response->content_type);
        head.append("}");
    } else if (event.stage == Stage::Service) {
        head.append(",\"response\":{\"status_code\":200,\"content_type\":null}");
    }
}

}  // namespace

void append_load(std::string& out, const Script& script) {
    FrameBuilder frame(FrameType::Load);
    append_member(frame.head(), "script", script.hash);
    frame.head().append(",");
    append_member(frame.head(), "name", script.name);
    frame.add_part("text", Content::Form::Text, script.text);
    // A script fits: the store refuses texts of over a megabyte.
    static_cast<void>(frame.append_to(out));
}

Status append_check(std::string& out,
                    std::uint64_t run,
                    const Script& script,
                    const Limits& limits) {
    FrameBuilder frame(FrameType::Check);
    frame.head().append("\"run\":").append(std::to_string(run)).append(",");
    append_member(frame.head(), "name", script.name);
    append_limits(frame.head(), limits);
    frame.add_part("text", Content::Form::Text, script.text);
    return frame.append_to(out);
}

Status append_run(std::string& out,
                  std::uint64_t run,
                  const Script& script,
                  const Limits& limits,
                  const Event& event) {
    FrameBuilder frame(FrameType::Run);
    std::string& head = frame.head();
    head.append("\"run\":").append(std::to_string(run)).append(",");
    append_member(head, "script", script.hash);
    head.append(",");
    append_member(head, "name", script.name);
    head.append(",");
    append_member(head, "stage", name_of(event.stage));
    head.append(",");
    append_member(head, "resource", event.resource);
    append_request(head, event);
    append_response(head, event);
    append_limits(head, limits);

    std::string parameters;
    std::string headers;
    std::string response_headers;
    event.request.parameters.append_json(parameters);
    event.request.headers.append_json(headers);
    frame.add_part("request.parameters", Content::Form::Json, parameters);
    frame.add_part("request.headers", Content::Form::Json, headers);
    if (!event.request.content.empty()) {
        frame.add_part("request.content", form_of_bytes(event.request.content),
                       event.request.content);
    }
    SLUICE_TRY(const std::optional<std::string> payload, converted_payload(event.request));
    if (payload) {
        frame.add_part("request.payload", Content::Form::Json, *payload);
    }
    if (event.response != nullptr) {
        event.response->headers.append_json(response_headers);
        frame.add_part("response.headers", Content::Form::Json, response_headers);
        const std::string& content = event.response->content;
        if (!content.empty()) {
            frame.add_part("response.content",
                           event.response->is_json() ? Content::Form::Json : form_of_bytes(content),
                           content);
        }
    }
    frame.add_part("session", Content::Form::Json, event.call.principal->session_json);
    return frame.append_to(out);
}

Status append_reply(std::string& out,
                    std::uint64_t run,
                    std::int64_t call,
                    const Response& response) {
    FrameBuilder frame(FrameType::Reply);
    std::string& head = frame.head();
    head.append("\"run\":").append(std::to_string(run));
    head.append(",\"call\":").append(std::to_string(call));
    head.append(",\"status_code\":").append(std::to_string(response.status)).append(",");
    append_member(head, "reason", response.status < 400 ? "OK" : "Error");
    head.append(",");
    append_member(head, "content_type", response.content_type);
    head.append(",\"headers\":");
    response.headers.append_json(head);
    if (!response.content.empty()) {
        frame.add_part("content",
                       response.is_json() ? Content::Form::Json : form_of_bytes(response.content),
                       response.content);
    }
    return frame.append_to(out);
}

}  // namespace sluice::script
