#include "pipeline/apply_outcome.h"

#include "core/script_answer.h"
#include "pipeline/returned_request.h"

namespace sluice::pipeline {
namespace {

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

// Says for the log whose return it was.
Error named(Error error, const Script& script) {
    return std::move(error).with_detail("script '" + script.name + "' (" + script.engine +
                                        ") returned it");
}

// What was returned counts over what was set.
void lay_over(RequestEdits& set, RequestEdits returned) {
    const auto lay = [](auto& below, auto& above) {
        if (above) {
            below = std::move(above);
        }
    };
    lay(set.method, returned.method);
    lay(set.parameters, returned.parameters);
    lay(set.headers, returned.headers);
    lay(set.payload, returned.payload);
    lay(set.content, returned.content);
    lay(set.content_type, returned.content_type);
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
    ResponseEdits edits = std::move(outcome.response);
    if (outcome.returned && outcome.returned->form == Content::Form::Json) {
        // Only a map with a response or a request counts here: other values have no effect.
        Result<std::optional<ResponseEdits>> returned = response_in(outcome.returned->text);
        if (!returned) {
            return fail(named(std::move(returned).error(), script));
        }
        if (*returned) {
            edits = std::move(**returned);
        }
        SLUICE_TRY(RequestEdits changed, returned_request(outcome.returned->text, request));
        lay_over(outcome.request, std::move(changed));
    }
    // Another verb would run what the caller was not authorised for.
    name_dropped(effect.dropped, outcome.request.method.has_value(), "request.method");
    apply_request(std::move(outcome.request), request);
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
        Result<ResponseEdits> edits = response_of(std::move(*outcome.returned));
        if (!edits) {
            return fail(named(std::move(edits).error(), script));
        }
        apply_edits(response, std::move(*edits), false, request);
    } else {
        apply_edits(response, std::move(outcome.response), true, request);
    }
    return dropped;
}

}  // namespace sluice::pipeline
