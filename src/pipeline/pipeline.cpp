#include "pipeline/pipeline.h"

#include "core/content_stream.h"
#include "core/log.h"
#include "pipeline/api_index.h"
#include "pipeline/convert_answer.h"
#include "pipeline/resolve.h"
#include "pipeline/scripts.h"
#include "pipeline/stage_times.h"
#include "pipeline/table_alias.h"
#include "pipeline/transaction.h"
#include "pipeline/wanted_answer.h"

namespace sluice::pipeline {
namespace {

// A call that may go on, and what it goes on with.
struct Prepared {
    Call call;
    Resolved resolved;
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
    // A table's own name, before rights and events are looked for under it.
    take_real_name(prepared.call.target, *prepared.snapshot);
    // Rights before anything is looked up or woken: who may not call learns nothing from the
    // answer.
    CO_TRY(prepared.call.grant,
           parts.authorise(*prepared.call.principal, prepared.call.target, request.verb,
                           request.origin.requestor, *prepared.snapshot));
    times.end("access");
    // Only now what is there: the service, and the events that the call fires.
    CO_TRY(prepared.resolved,
           resolve(prepared.call.target, request.verb, *prepared.snapshot, parts.registry));
    times.end("resolve");
    prepared.call.request = std::move(request);
    co_return prepared;
}

// RFC 9110, 10.2.1: what the resource has.
std::string allow_of(VerbSet verbs) {
    std::string allowed = "OPTIONS";
    if (verbs.contains(Verb::Get)) {
        allowed.append(", GET, HEAD");
    }
    for (const Verb verb : {Verb::Post, Verb::Put, Verb::Patch, Verb::Delete}) {
        if (verbs.contains(verb)) {
            allowed.append(", ").append(name_of(verb));
        }
    }
    return allowed;
}

// What the caller may do here. Asked for by browsers before the call itself: runs nothing.
Response allowed_verbs(VerbSet verbs) {
    Response response;
    response.status = 204;
    response.content_type.clear();
    response.headers.set("allow", allow_of(verbs));
    return response;
}

Response wrong_verb(const Error& error, VerbSet verbs) {
    Response response = Response::from(error);
    response.headers.set("allow", allow_of(verbs));
    return response;
}

// A stream, and the service that makes it, which may be replaced meanwhile.
struct Streaming {
    services::ServiceRef service;
    std::shared_ptr<ContentStream> stream;
};

void keep_alive(Response& response, const services::ServiceRef& service) {
    if (response.rest) {
        auto both = std::make_shared<Streaming>(service, std::move(response.rest));
        ContentStream* const stream = both->stream.get();
        response.rest = std::shared_ptr<ContentStream>(std::move(both), stream);
    }
}

// The service's answer, or its error.
Task<Response> run_service(Prepared& prepared, std::optional<Error>& own) {
    Result<Response> answer = co_await prepared.resolved.service->handle(prepared.call);
    if (answer) {
        keep_alive(*answer, prepared.resolved.service);
        co_return std::move(*answer);
    }
    own = std::move(answer).error();
    log_error(*own, prepared.call.request);
    co_return own->kind() == ErrorKind::MethodNotAllowed ? wrong_verb(*own, prepared.resolved.verbs)
                                                         : Response::from(*own);
}

// An answer, and what is to become of the call's transaction with it.
struct Served {
    Response response;
    /// Null: it had none.
    UnitOfWorkRef unit = {};
    Deadline deadline = {};
    /// One of its scripts did: nothing is kept, whatever later ones made of the answer.
    bool has_failed = false;
};

Task<Served> serve(const Parts& parts,
                   Prepared prepared,
                   const WantedAnswer& wanted,
                   StageTimes& times) {
    Call& call = prepared.call;
    const VerbSet verbs = prepared.resolved.verbs;
    if (call.request.verb == Verb::Options) {
        co_return Served{allowed_verbs(verbs & call.grant.verbs)};
    }
    if (!verbs.contains(call.request.verb)) {
        co_return Served{wrong_verb(unsupported(call.request.verb, call.target), verbs)};
    }
    const services::Description& service = prepared.resolved.service->describe();
    const bool is_scripted = has_scripts(*prepared.snapshot, call);
    // A format that nobody here can make is refused before anything is done, and scripts can make
    // any.
    if (wanted.is_impossible && !service.accepts_any_path && !is_scripted) {
        co_return Served{Response::from(no_such_format())};
    }
    // Who looks at the answer has to have all of it.
    call.request.may_stream =
        call.request.may_stream && !(is_scripted && is_answer_seen(*prepared.snapshot, call));
    Served served;
    if (is_scripted) {
        // Before the first script, whose calls belong to it.
        Result<UnitOfWorkRef> unit = unit_of_work(*prepared.snapshot, call, service);
        if (!unit) {
            log_error(unit.error(), call.request);
            co_return Served{Response::from(unit.error())};
        }
        if (*unit) {
            served.unit = std::move(*unit);
            served.deadline = call.request.origin.deadline;
            call.request.origin.unit = served.unit;
        }
    }
    // Scripts before the service: they may change the request, refuse it, or answer themselves.
    Result<PreResult> early = co_await run_pre_scripts(parts.run_script, *prepared.snapshot, call);
    times.end("pre");
    Response& response = served.response;
    std::optional<Error> own;
    if (!early) {
        served.has_failed = true;
        own = std::move(early).error();
        log_error(*own, call.request);
        response = Response::from(*own);
    } else {
        // What follows sees the request as the scripts left it, under the rights already granted.
        if (early->request) {
            call.request = std::move(*early->request);
        }
        if (early->response) {
            response = std::move(*early->response);
        } else {
            response = co_await run_service(prepared, own);
        }
    }
    times.end("service");
    // Scripts after it see errors too: they may log, mask or mend them.
    const int own_status = response.status;
    const bool is_replaced =
        co_await run_post_scripts(parts.run_script, *prepared.snapshot, call, response);
    if (is_replaced) {
        served.has_failed = true;
        // The script's word stands, and what went wrong before it is looked for in the log.
        log_hidden(own, own_status, call.request);
    }
    times.end("post");
    // Last, the listeners: the answer waits for them, but nothing they do changes it. Only one that
    // wants to be in one transaction with the call fails together with it.
    const std::optional<Error> failure =
        co_await run_final_scripts(parts.run_script, *prepared.snapshot, call, response);
    if (failure) {
        served.has_failed = true;
        log_hidden(own, own_status, call.request);
        response = Response::from(*failure);
    }
    co_return served;
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
    WantedAnswer wanted = wanted_answer(request);
    if (request.verb != Verb::Get) {
        co_return co_await convert_answer(only_get(request), std::move(wanted));
    }
    const Result<PrincipalRef> principal = co_await parts.authenticate(request);
    const store::SnapshotRef snapshot = parts.snapshot();
    Response response = principal ? api_index(parts, request.parameters, **principal, *snapshot)
                                  : Response::from(principal.error());
    co_return co_await convert_answer(std::move(response), std::move(wanted));
}

Task<Response> handle(const Parts& parts, Request request) {
    if (is_index_path(request.path) && request.verb != Verb::Options) {
        co_return co_await answer_index(parts, std::move(request));
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
    // As the caller sent it: whatever scripts make of the request, the same caller reads the
    // answer.
    WantedAnswer wanted = wanted_answer(request);
    Result<Prepared> prepared = co_await prepare(parts, std::move(request), times);
    Served served;
    Response& response = served.response;
    if (prepared) {
        served = co_await serve(parts, std::move(*prepared), wanted, times);
    } else {
        response = Response::from(prepared.error());
        if (prepared.error().status() >= 500) {
            log::error("call",
                       path + ": " + prepared.error().message() + " " + prepared.error().detail(),
                       request_id);
        }
    }
    // After everything else: services and scripts know JSON only.
    if (!wanted.is_plain()) {
        response = co_await convert_answer(std::move(response), wanted);
        times.end("format");
    }
    // Nothing can go wrong any more once the work is lasting, and no answer leaves before it is.
    if (served.unit) {
        const std::optional<Error> lost =
            co_await settle(*served.unit, served.has_failed, served.deadline, response);
        if (lost) {
            log::warn("call", path + " is undone: " + lost->message() + " " + lost->detail(),
                      request_id);
            response = co_await convert_answer(Response::from(*lost), wanted);
        }
        times.end("commit");
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
