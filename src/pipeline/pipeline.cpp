#include "pipeline/pipeline.h"

#include "core/log.h"
#include "pipeline/api_index.h"
#include "pipeline/resolve.h"
#include "pipeline/scripts.h"
#include "pipeline/stage_times.h"

namespace sluice::pipeline {
namespace {

// A call that may go on, and what it goes on with.
struct Prepared {
    Call call;
    services::ServiceRef service;
    store::SnapshotRef snapshot;
};

Task<Result<Prepared>> prepare(const Parts& parts, Request request, StageTimes& times) {
    Prepared prepared;
    prepared.snapshot = parts.snapshot();
    // Who calls comes first: every later stage may depend on it, and what is wrong with a
    // credential is told before anything about the target.
    CO_TRY(prepared.call.principal, co_await parts.authenticate(request));
    times.end("auth");
    // What is aimed at next: access is decided on service and resource, not on the text of a path.
    CO_TRY(prepared.call.target, target_of(request));
    // Rights before anything is looked up or woken: who may not call learns nothing from the
    // answer.
    CO_TRY(prepared.call.grant,
           parts.authorise(*prepared.call.principal, prepared.call.target, request.verb,
                           request.origin.requestor, *prepared.snapshot));
    times.end("access");
    // Only now what is there: the service, and the events that the call fires.
    CO_TRY(prepared.service,
           resolve(prepared.call.target, request.verb, *prepared.snapshot, parts.registry));
    times.end("resolve");
    prepared.call.request = std::move(request);
    co_return prepared;
}

// What the caller may do here. Asked for by browsers before the call itself: runs nothing.
Response allowed_verbs(const Grant& grant) {
    Response response;
    response.status = 204;
    response.content_type.clear();
    std::string allowed = "OPTIONS";
    for (const Verb verb : {Verb::Get, Verb::Post, Verb::Put, Verb::Patch, Verb::Delete}) {
        if (grant.verbs.contains(verb)) {
            allowed.append(", ").append(name_of(verb));
        }
    }
    response.headers.set("allow", std::move(allowed));
    return response;
}

Task<Response> serve(const Parts& parts, Prepared prepared, StageTimes& times) {
    Call& call = prepared.call;
    if (call.request.verb == Verb::Options) {
        co_return allowed_verbs(call.grant);
    }
    // Scripts before the service: they may change the request, refuse it, or answer themselves.
    Result<PreResult> early = co_await run_pre_scripts(parts.run_script, *prepared.snapshot, call);
    times.end("pre");
    Response response;
    if (!early) {
        log_error(early.error(), call.request);
        response = Response::from(early.error());
    } else {
        // What follows sees the request as the scripts left it, under the rights already granted.
        if (early->request) {
            call.request = std::move(*early->request);
        }
        if (early->response) {
            response = std::move(*early->response);
        } else if (Result<Response> answer = co_await prepared.service->handle(call)) {
            response = std::move(*answer);
        } else {
            log_error(answer.error(), call.request);
            response = Response::from(answer.error());
        }
    }
    times.end("service");
    // Scripts after it see errors too: they may log, mask or mend them.
    co_await run_post_scripts(parts.run_script, *prepared.snapshot, call, response);
    times.end("post");
    // Last, the listeners: the answer waits for them, but nothing they do changes it.
    co_await run_final_scripts(parts.run_script, *prepared.snapshot, call, response);
    co_return response;
}

Task<Response> answer_outside_api(const Parts& parts, const Request& request) {
    if (parts.outside_api) {
        auto response = co_await parts.outside_api(request);
        if (response) {
            co_return std::move(*response);
        }
    }
    co_return Response::from(Error(ErrorKind::NotFound, "Nothing is served at '" + request.path +
                                                            "'. The API starts at /api/v2/."));
}

Task<Response> answer_index(const Parts& parts, Request request) {
    const Result<PrincipalRef> principal = co_await parts.authenticate(request);
    const store::SnapshotRef snapshot = parts.snapshot();
    co_return principal ? api_index(parts, **principal, *snapshot)
                        : Response::from(principal.error());
}

Task<Response> handle(const Parts& parts, Request request) {
    if (is_index_path(request.path) && request.verb == Verb::Get) {
        co_return co_await answer_index(parts, std::move(request));
    }
    if (is_index_path(request.path) && request.verb != Verb::Options) {
        co_return only_get(request);
    }
    if (!is_api_path(request.path)) {
        co_return co_await answer_outside_api(parts, request);
    }
    StageTimes times;
    const bool is_outer = request.origin.depth == 0;
    if (is_outer) {
        request.origin.deadline = request.origin.deadline.within(parts.request_time);
    }
    const std::string request_id = request.origin.request_id;
    const std::string path = request.path;
    Result<Prepared> prepared = co_await prepare(parts, std::move(request), times);
    Response response;
    if (prepared) {
        response = co_await serve(parts, std::move(*prepared), times);
    } else {
        response = Response::from(prepared.error());
        if (prepared.error().status() >= 500) {
            log::error("call",
                       path + ": " + prepared.error().message() + " " + prepared.error().detail(),
                       request_id);
        }
    }
    if (is_outer) {
        response.headers.set("server-timing", times.header());
    }
    co_return response;
}

// A fault of ours in one call must not end the others', nor leave a script without its reply.
Task<Response> handle_safely(const Parts& parts, Request request) {
    const std::string request_id = request.origin.request_id;
    std::string fault;
    try {
        co_return co_await handle(parts, std::move(request));
    } catch (const std::exception& exception) {
        fault = exception.what();
    }
    log::error("call", "a fault of the server: " + fault, request_id);
    co_return Response::from(Error(ErrorKind::Internal, "The server failed to handle the call."));
}

}  // namespace

Handler make_handler(const Parts& parts) {
    return [&parts](Request request) { return handle_safely(parts, std::move(request)); };
}

}  // namespace sluice::pipeline
