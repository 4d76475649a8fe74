#include "services/system/run_stream.h"

#include <charconv>

#include "core/async.h"
#include "core/content_stream.h"
#include "services/system/run_json.h"

namespace sluice::services::system {
namespace {

using Clock = std::chrono::steady_clock;

// A person looks on: nobody sees less, and a server with nothing to tell hardly notices.
constexpr std::chrono::milliseconds kPause{100};
// Proxies end what is silent for long.
constexpr std::chrono::seconds kSilence{15};
// What one piece holds at most: each run has 64 KB of lines or less.
constexpr std::size_t kAtOnce = 50;

class RunStream final : public ContentStream {
public:
    RunStream(std::shared_ptr<const RunHistory> history, RunQuery query, std::uint64_t place)
        : history_(std::move(history)), query_(std::move(query)), place_(place) {}

    Task<Status> next(std::string& piece) override {
        piece.clear();
        const auto silent_until = Clock::now() + kSilence;
        while (piece.empty() && !history_->is_closed()) {
            add_runs(piece);
            if (piece.empty() && Clock::now() >= silent_until) {
                piece = ": nothing ran\n\n";
            }
            if (piece.empty()) {
                co_await sleep_for(kPause);
            }
        }
        co_return Status();
    }

private:
    void add_runs(std::string& piece) {
        for (const KeptRun& run : history_->behind(place_, kAtOnce)) {
            if (run->place != place_ + 1) {
                // More ended than are kept: who looks on must know.
                piece.append("event: lost\ndata: ")
                    .append(std::to_string(run->place - place_ - 1))
                    .append("\n\n");
            }
            place_ = run->place;
            if (query_.asks_for(*run)) {
                piece.append(run_event(*run));
            }
        }
    }

    std::shared_ptr<const RunHistory> history_;
    RunQuery query_;
    std::uint64_t place_;
};

}  // namespace

Result<Response> stream_runs(std::shared_ptr<const RunHistory> history,
                             RunQuery query,
                             const Request& request) {
    if (!request.may_stream) {
        return fail(ErrorKind::BadRequest,
                    "Runs are streamed to clients of HTTP/1.1 only, and past no script that would "
                    "look at the answer.");
    }
    // A server that has started again counts from 1: what it is asked for has then not been yet.
    std::uint64_t place = history->last_place();
    if (const std::string* last = request.headers.find("last-event-id"); last != nullptr) {
        std::uint64_t seen = 0;
        const auto [end, fault] = std::from_chars(last->data(), last->data() + last->size(), seen);
        if (fault != std::errc() || end != last->data() + last->size()) {
            return fail(ErrorKind::BadRequest, "'Last-Event-ID' must be the id of an event.");
        }
        place = std::min(place, seen);
    }
    Response response;
    response.content_type = "text/event-stream";
    response.headers.set("cache-control", "no-store");
    response.content = "retry: 1000\n\n";
    response.rest = std::make_shared<RunStream>(std::move(history), std::move(query), place);
    return response;
}

}  // namespace sluice::services::system
