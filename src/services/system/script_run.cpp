#include "services/system/script_run.h"

#include <charconv>

#include "services/system/run_json.h"
#include "services/system/run_stream.h"

namespace sluice::services::system {
namespace {

constexpr std::size_t kMostListed = 1000;

Error no_number(std::string_view option, std::string_view what) {
    return {ErrorKind::BadRequest,
            "'" + std::string(option) + "' must be " + std::string(what) + "."};
}

Result<std::uint64_t> number_of(std::string_view text,
                                std::string_view option,
                                std::string_view what) {
    std::uint64_t number = 0;
    const auto [end, fault] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (fault != std::errc() || end != text.data() + text.size() || number == 0) {
        return fail(no_number(option, what));
    }
    return number;
}

Result<std::optional<RunOutcome>> outcome_of(std::string_view text) {
    if (text.empty()) {
        return std::nullopt;
    }
    for (const RunOutcome known : {RunOutcome::Ok, RunOutcome::Raised, RunOutcome::Failed}) {
        if (text == name_of(known)) {
            return known;
        }
    }
    return fail(ErrorKind::BadRequest, "'outcome' must be ok, raised or failed.");
}

Result<RunQuery> query_of(const Parameters& options) {
    RunQuery query;
    query.script = options.get_or("script", "");
    query.engine = options.get_or("engine", "");
    query.request_id = options.get_or("request_id", "");
    SLUICE_TRY(query.outcome, outcome_of(options.get_or("outcome", "")));
    if (const std::string* before = options.find("before")) {
        SLUICE_TRY(query.before, number_of(*before, "before", "the id of a run"));
    }
    if (const std::string* limit = options.find("limit")) {
        SLUICE_TRY(const std::uint64_t most, number_of(*limit, "limit", "a number from 1 on"));
        query.limit = std::min<std::uint64_t>(most, kMostListed);
    }
    return query;
}

std::string listing_of(const std::vector<KeptRun>& runs, bool has_lines, std::size_t limit) {
    json::array shown;
    for (const KeptRun& run : runs) {
        shown.push_back(run_json(*run, has_lines));
    }
    json::object out{{"resource", std::move(shown)}};
    if (runs.size() == limit) {
        out["meta"] = json::object{{"before", runs.back()->id}};
    }
    return json::serialize(out);
}

std::string summaries_of(const RunHistory& history, std::string_view script) {
    json::array shown;
    for (const RunSummary& summary : history.summaries()) {
        if (script.empty() || summary.script == script) {
            shown.push_back(summary_json(summary));
        }
    }
    return json::serialize(json::object{{"resource", std::move(shown)}});
}

Result<Response> one_run(const RunHistory& history, const std::string& id) {
    SLUICE_TRY(const RunId wanted, number_of(id, "id", "the id of a run"));
    const KeptRun run = history.find(wanted);
    if (!run) {
        return fail(ErrorKind::NotFound,
                    "Run '" + id + "' is not kept any more, is not over, or never was.");
    }
    return Response::json(json::serialize(run_json(*run, true)));
}

bool wants_stream(const Request& request) {
    return request.parameters.is_on("stream") ||
           request.headers.get_or("accept", "").find("text/event-stream") != std::string_view::npos;
}

}  // namespace

std::vector<Route> ScriptRuns::routes() const {
    return {{"script_run", kGet, "Lists the latest runs of scripts."},
            {"script_run/{id}", kGet, "Shows a run, with what it logged."}};
}

Task<Result<Response>> ScriptRuns::handle(const Call& call) {
    const Request& request = call.request;
    if (request.verb != Verb::Get) {
        co_return fail(unsupported(call));
    }
    if (call.target.segments.size() > 1) {
        co_return one_run(*history_, call.target.segments[1]);
    }
    CO_TRY(const RunQuery query, query_of(request.parameters));
    if (request.parameters.is_on("summary")) {
        co_return Response::json(summaries_of(*history_, query.script));
    }
    if (wants_stream(request)) {
        co_return stream_runs(history_, query, request);
    }
    co_return Response::json(
        listing_of(history_->page(query), request.parameters.is_on("lines"), query.limit));
}

}  // namespace sluice::services::system
