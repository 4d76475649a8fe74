#include "pipeline/scripts.h"

#include <algorithm>

#include "core/log.h"
#include "pipeline/apply_outcome.h"

namespace sluice::pipeline {
namespace {

std::string line_of(const Error& error, const Request& request) {
    return std::to_string(error.status()) + " " + std::string(facts_of(error.kind()).name) +
           " on " + request.path + ": " + error.message() +
           (error.detail().empty() ? "" : " (" + error.detail() + ")");
}

void log_dropped(const Script& script, const std::string& dropped, const Request& request) {
    if (!dropped.empty()) {
        const std::string why = script.allows_modification
                                    ? ", which it cannot change at this stage"
                                    : ": allow_event_modification is off for it";
        log::warn("script", script.name + ": dropped its changes of " + dropped + why,
                  request.origin.request_id);
    }
}

}  // namespace

bool has_scripts(const store::Snapshot& snapshot, const Call& call) {
    return snapshot.attachments_per_service.find(call.target.service) !=
           snapshot.attachments_per_service.end();
}

bool is_answer_seen(const store::Snapshot& snapshot, const Call& call) {
    return has_scripts(snapshot, call) &&
           std::ranges::any_of(call.target.events, [&snapshot](const EventName& name) {
               const store::Attachments* attached = snapshot.find_attachments(name.name);
               return attached != nullptr && (attached->post_process || attached->final);
           });
}

void log_error(const Error& error, const Request& request) {
    const bool is_ours = error.status() >= 500;
    if (is_ours || !error.detail().empty()) {
        log::write(is_ours ? log::Level::Error : log::Level::Info, "call", line_of(error, request),
                   request.origin.request_id);
    }
}

void log_hidden(const std::optional<Error>& error, int status, const Request& request) {
    if (error || status >= 400) {
        log::warn(
            "call",
            "a failing script hides the call's own error: " +
                (error ? line_of(*error, request) : std::to_string(status) + " on " + request.path),
            request.origin.request_id);
    }
}

Task<Result<PreResult>> run_pre_scripts(const RunScript& run,
                                        const store::Snapshot& snapshot,
                                        const Call& call) {
    PreResult result;
    if (!has_scripts(snapshot, call)) {
        co_return result;
    }
    for (const EventName& name : call.target.events) {
        const store::Attachments* attached = snapshot.find_attachments(name.name);
        if (attached == nullptr || !attached->pre_process) {
            continue;
        }
        if (!result.request) {
            result.request = call.request;
        }
        const Event event{Stage::PreProcess, name.resource, call, *result.request,
                          result.response ? &*result.response : nullptr};
        CO_TRY(Outcome outcome, co_await run(attached->pre_process, event));
        const bool stops = outcome.stops_propagation;
        CO_TRY(PreEffect effect,
               apply_pre(*attached->pre_process, std::move(outcome), *result.request));
        log_dropped(*attached->pre_process, effect.dropped, call.request);
        if (effect.response) {
            result.response = std::move(effect.response);
        }
        if (stops) {
            break;
        }
    }
    co_return result;
}

Task<bool> run_post_scripts(const RunScript& run,
                            const store::Snapshot& snapshot,
                            const Call& call,
                            Response& response) {
    if (!has_scripts(snapshot, call)) {
        co_return false;
    }
    for (const EventName& name : call.target.events) {
        const store::Attachments* attached = snapshot.find_attachments(name.name);
        if (attached == nullptr || !attached->post_process) {
            continue;
        }
        const Script& script = *attached->post_process;
        const Event event{Stage::PostProcess, name.resource, call, call.request, &response};
        Result<Outcome> outcome = co_await run(attached->post_process, event);
        const bool stops = outcome && outcome->stops_propagation;
        const Result<std::string> dropped =
            outcome ? apply_post(script, std::move(*outcome), call.request, response)
                    : fail(std::move(outcome).error());
        if (!dropped) {
            log_error(dropped.error(), call.request);
            response = Response::from(dropped.error());
            co_return true;
        }
        log_dropped(script, *dropped, call.request);
        if (stops) {
            break;
        }
    }
    co_return false;
}

Task<std::optional<Error>> run_final_scripts(const RunScript& run,
                                             const store::Snapshot& snapshot,
                                             const Call& call,
                                             const Response& response) {
    if (!has_scripts(snapshot, call)) {
        co_return std::nullopt;
    }
    for (const EventName& name : call.target.events) {
        const store::Attachments* attached = snapshot.find_attachments(name.name);
        if (attached == nullptr || !attached->final) {
            continue;
        }
        const Event event{Stage::Final, name.resource, call, call.request, &response};
        Result<Outcome> outcome = co_await run(attached->final, event);
        std::optional<Error> failure = outcome ? outcome->raised : outcome.error();
        if (failure) {
            log_error(*failure, call.request);
            if (attached->final->is_transactional) {
                co_return failure;
            }
        } else if (outcome->stops_propagation) {
            break;
        }
    }
    co_return std::nullopt;
}

}  // namespace sluice::pipeline
