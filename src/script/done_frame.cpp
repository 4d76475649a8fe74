#include "script/done_frame.h"

#include <limits>

#include "core/final_status.h"
#include "core/script_answer.h"

namespace sluice::script {
namespace {

// Of a stack, in the log.
constexpr std::size_t kMaxStack = 4096;
// Of a class, a limit, a reason to retire: the host's words, in the log.
constexpr std::size_t kMaxReason = 200;

std::optional<std::string> text_member(const json::object& object, std::string_view name) {
    const json::value* found = object.if_contains(name);
    if (found == nullptr || !found->is_string()) {
        return std::nullopt;
    }
    return std::string(found->get_string());
}

Fields fields_of(const json::object& object) {
    Fields fields;
    for (const auto& [name, value] : object) {
        fields.set(name,
                   value.is_string() ? std::string(value.get_string()) : json::serialize(value));
    }
    return fields;
}

// A map of strings that is read here; other parts are only handed on.
bool is_map(std::string_view name) {
    return name == "request.parameters" || name == "request.headers" || name == "response.headers";
}

std::optional<Fields> fields_part(const Frame& frame, std::string_view name) {
    const PartView* part = frame.find_part(name);
    if (part == nullptr) {
        return std::nullopt;
    }
    json::error_code code;
    const json::value value = json::parse(part->bytes, code);
    return code || !value.is_object() ? std::nullopt : std::optional(fields_of(value.get_object()));
}

std::optional<Content> content_part(const Frame& frame, std::string_view name) {
    const PartView* part = frame.find_part(name);
    if (part == nullptr) {
        return std::nullopt;
    }
    return Content{part->form, std::string(part->bytes)};
}

// Of HTTP: nothing when the member is anything else.
std::optional<int> status_in(const json::object& object) {
    const std::int64_t status = integer_or(object, "status_code", 0);
    return is_final_status(status) ? std::optional(static_cast<int>(status)) : std::nullopt;
}

// Hosts say so themselves; this is for one that does not.
Error bad_status_error(const Script& script) {
    return no_status_error().with_detail("script '" + script.name + "' (" + script.engine +
                                         ") set another");
}

std::string position_of(const json::object& error) {
    const std::int64_t line = integer_or(error, "line", 0);
    if (line <= 0) {
        return {};
    }
    const std::int64_t column = integer_or(error, "column", 0);
    return " at line " + std::to_string(line) +
           (column > 0 ? ", column " + std::to_string(column) : "");
}

// For the log: "script 'x' (php) threw TypeError at line 3", and the engine's stack.
std::string origin_of(const json::object& thrown, const Script& script) {
    std::string origin = "script '" + script.name + "' (" + script.engine + ")";
    if (const std::string_view limit = text_or(thrown, "limit", ""); !limit.empty()) {
        origin.append(" passed its limit of ").append(limit.substr(0, kMaxReason));
    } else if (const std::string_view name = text_or(thrown, "class", ""); !name.empty()) {
        origin.append(" threw ").append(name.substr(0, kMaxReason));
    } else {
        origin.append(" threw a value that is no exception");
    }
    origin.append(position_of(thrown));
    if (const std::string_view stack = text_or(thrown, "stack", ""); !stack.empty()) {
        origin.append("\n").append(stack.substr(0, kMaxStack));
    }
    return origin;
}

Error raised_error(const json::object& thrown, const Script& script) {
    const std::string_view class_name = text_or(thrown, "class", "");
    const std::optional<ErrorKind> kind = kind_of_script_name(class_name);
    std::string message(text_or(thrown, "message", "Unknown scripting error."));
    Error error(kind.value_or(ErrorKind::Internal), std::move(message));
    error = std::move(error).with_detail(origin_of(thrown, script));
    if (thrown.contains("status_code")) {
        error = std::move(error).with_status(status_in(thrown).value_or(500));
        if (kind && !thrown.contains("code")) {
            error = std::move(error).with_code(facts_of(*kind).code);
        }
    }
    constexpr std::int64_t kNoCode = std::numeric_limits<std::int64_t>::min();
    if (const std::int64_t code = integer_or(thrown, "code", kNoCode); code != kNoCode) {
        error = std::move(error).with_code(code);
    }
    if (const json::value* context = thrown.if_contains("context");
        context != nullptr && !context->is_null()) {
        error = std::move(error).with_context(json::serialize(*context));
    }
    if (boolean_or(thrown, "bare", false)) {
        error = std::move(error).with_bare_body();
    }
    return error;
}

}  // namespace

Result<Done> read_done(const Frame& frame, const Script& script, const Limits& limits) {
    for (const PartView& part : frame.parts) {
        if (is_map(part.name) && part.bytes.size() > kMaxHeadBytes) {
            return fail(Error(ErrorKind::Internal, "A script host broke the protocol.")
                            .with_detail("a map that is too long"));
        }
    }
    Done done;
    Outcome& outcome = done.outcome;
    if (const json::value* request = frame.head.if_contains("request");
        request != nullptr && request->is_object()) {
        outcome.request.method = text_member(request->get_object(), "method");
        outcome.request.content_type = text_member(request->get_object(), "content_type");
    }
    outcome.request.parameters = fields_part(frame, "request.parameters");
    outcome.request.headers = fields_part(frame, "request.headers");
    if (auto payload = content_part(frame, "request.payload")) {
        outcome.request.payload = std::move(payload->text);
    }
    if (auto content = content_part(frame, "request.content")) {
        outcome.request.content = std::move(content->text);
    }
    if (const json::value* response = frame.head.if_contains("response");
        response != nullptr && response->is_object()) {
        if (response->get_object().contains("status_code")) {
            outcome.response.status = status_in(response->get_object());
            if (!outcome.response.status) {
                outcome.raised = bad_status_error(script);
            }
        }
        outcome.response.content_type = text_member(response->get_object(), "content_type");
    }
    outcome.response.headers = fields_part(frame, "response.headers");
    outcome.response.content = content_part(frame, "response.content");
    outcome.returned = content_part(frame, "return");
    outcome.returned_falsy = boolean_or(frame.head, "falsy", false);
    outcome.stops_propagation = boolean_or(frame.head, "stop", false);
    done.retire = text_or(frame.head, "retire", "").substr(0, kMaxReason);
    if (const std::int64_t us = integer_or(frame.head, "us", -1); us >= 0) {
        done.took = std::chrono::microseconds(us);
    }

    if (const json::value* thrown = frame.head.if_contains("error"); thrown != nullptr) {
        if (!thrown->is_object()) {
            return fail(Error(ErrorKind::Internal, "A script host broke the protocol.")
                            .with_detail("error is no object"));
        }
        const json::object& error = thrown->get_object();
        const std::string limit(text_or(error, "limit", ""));
        // A limit that the host itself enforced is the server's word, not the script's.
        outcome.raised = limit.empty()
                             ? raised_error(error, script)
                             : limit_error(limit, script, limits,
                                           text_or(error, "message", "The script passed a limit."))
                                   .with_detail(origin_of(error, script));
    }
    return done;
}

ApiCall read_call(const Frame& frame) {
    ApiCall call;
    call.number = integer_or(frame.head, "call", 0);
    call.method = text_or(frame.head, "method", "GET");
    call.path = text_or(frame.head, "path", "");
    for (const auto& [name, fields] :
         {std::pair<const char*, Fields*>{"parameters", &call.parameters},
          {"headers", &call.headers},
          {"options", &call.options}}) {
        if (const json::value* found = frame.head.if_contains(name);
            found != nullptr && found->is_object()) {
            *fields = fields_of(found->get_object());
        }
    }
    call.payload = content_part(frame, "payload");
    return call;
}

}  // namespace sluice::script
