// What a Host hears from its process, in frames and past them.

#include <algorithm>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>

#include "core/log.h"
#include "script/api_call.h"
#include "script/api_options.h"
#include "script/cpu_time.h"
#include "script/done_frame.h"
#include "script/frame.h"
#include "script/host_parts.h"
#include "script/priority.h"
#include "script/run_frame.h"

namespace sluice::script {
namespace {

namespace asio = boost::asio;
using Clock = Deadline::Clock;

// A host that retires after so many runs does so of its age, not because of the last one.
constexpr std::uint64_t kWorn = 1000;
// Calls that are answered with their refusal; a run that makes more is ended.
constexpr int kMostRefused = 1000;
// What waits for a host to read it.
constexpr std::size_t kMostUnread = 4 * kMaxFrameBytes;
// Of what a host says past the limits of its run, or without one.
constexpr std::int64_t kMostNoise = 64 << 10;

log::Level level_of(std::string_view name) {
    return name == "debug"   ? log::Level::Debug
           : name == "warn"  ? log::Level::Warn
           : name == "error" ? log::Level::Error
                             : log::Level::Info;
}

// What V8, Node.js and PHP print last when they cannot go on for want of memory. Buffers that fill
// a host's data size leave none for V8's young space (the first), for Node.js itself (bad_alloc),
// or for the pages that V8 of Node.js 18 sweeps (SetPermissions).
bool tells_of_memory(std::string_view line) {
    return (line.starts_with("FATAL ERROR: ") && line.ends_with("out of memory")) ||
           line.find("Fatal JavaScript out of memory") != std::string_view::npos ||
           line.find("Fatal process out of memory") != std::string_view::npos ||
           line.find("Check failed: reservation_.SetPermissions(") != std::string_view::npos ||
           line == "terminate called after throwing an instance of 'std::bad_alloc'" ||
           line.starts_with("Hard memory limit of ");
}

// In these a map of options that names nothing known has always been the headers.
bool takes_bare_headers(std::string_view engine) {
    return engine != "php" && engine != "v8js";
}

}  // namespace

Status Host::on_frame(const Frame& frame) {
    switch (frame.type) {
        case FrameType::Hello:
            return on_hello(frame);
        case FrameType::Done:
            return on_done(frame);
        case FrameType::Call:
            return on_call(frame);
        case FrameType::Log:
            return on_log(frame);
        case FrameType::Ping:
            return {};
        default:
            return fail(ErrorKind::Internal, "a frame of a type that only the server sends");
    }
}

Status Host::on_hello(const Frame& frame) {
    if (has_booted_) {
        return fail(ErrorKind::Internal, "a second hello");
    }
    if (text_or(frame.head, "protocol", "") != "json1") {
        return fail(ErrorKind::Internal, "it speaks another protocol");
    }
    log::debug("script", own_name() + " is up: " + std::string(text_or(frame.head, "version", "")));
    interrupts_ = boolean_or(frame.head, "interrupts", false);
    has_booted_ = true;
    channel_->inner_pid = innermost(channel_->pid);
    cpu_seen_ = process_time(channel_->inner_pid);  // its start is nobody's run
    enter(HostEvent::Hello);
    return {};
}

Status Host::on_done(const Frame& frame) {
    if (flights_.empty() ||
        flights_.front()->number != static_cast<std::uint64_t>(integer_or(frame.head, "run", -1))) {
        return fail(ErrorKind::Internal, "a done frame for no run at its head");
    }
    Flight& flight = *flights_.front();
    const Clock::time_point now = Clock::now();
    Result<Done> done = read_done(frame, *flight.script, flight.limits);
    if (!done) {
        return fail(done.error());
    }
    // Hosts answer several runs in one write: the time since the last answer says little of one.
    const auto since =
        std::chrono::duration_cast<std::chrono::microseconds>(now - flight.head_since);
    done->outcome.duration = std::min(since, done->took.value_or(since));
    flight.end.called_back = flight.api_calls > 0;
    if (flight.api_calls > flight.limits.api_calls) {
        // Whether or not the script looked at what came back.
        done->outcome.raised = limit_error("api_calls", *flight.script, flight.limits);
    }
    flight.end.result = std::move(done->outcome);
    note_end(flight, now);
    last_script_ = flight.script;
    logged_ = 0;
    flights_.pop_front();
    if (!flights_.empty()) {
        flights_.front()->head_since = now;
    }
    const bool wants_to_go = !done->retire.empty();
    if (std::exchange(is_aside_, false) && !step_back(channel_->inner_pid) && !wants_to_go) {
        done->retire = "it ran long and cannot be made fast again";
    }
    if (!done->retire.empty()) {
        log::info("script",
                  own_name() + " is replaced after " + name_of_run(&flight) + ": " + done->retire,
                  request_id_of(&flight));
        enter(HostEvent::Retire);
    }
    if (wants_to_go) {
        flight.end.cost_its_host = runs_sent_ < kWorn;
        give_back();
    }
    flight.ended.set();
    if (flights_.empty()) {
        idle_since_ = now;
        enter(HostEvent::Emptied);
    }
    on_change_(*this);
    return {};
}

// A host that retires starts no run any more: those sent to it may run elsewhere.
void Host::give_back() {
    for (Flight* flight : std::exchange(flights_, {})) {
        flight->end.was_started = false;
        flight->end.was_taken_back = true;
        flight->ended.set();
    }
}

Status Host::on_call(const Frame& frame) {
    const auto run = static_cast<std::uint64_t>(integer_or(frame.head, "run", -1));
    if (flights_.empty() || flights_.front()->number != run) {
        return fail(ErrorKind::Internal, "a call for no run at its head");
    }
    Flight& flight = *flights_.front();
    ApiCall call = read_call(frame);
    const std::int64_t number = call.number;
    if (++flight.api_calls > flight.limits.api_calls) {
        if (flight.api_calls - kMostRefused > flight.limits.api_calls) {
            flight.end.result = fail(limit_error("api_calls", *flight.script, flight.limits));
            flight.end.called_back = true;
            kill("a run goes on with calls that are refused");
            return {};
        }
        refuse_call(run, number, limit_error("api_calls", *flight.script, flight.limits));
        return {};
    }
    const Status options = apply_options(call, takes_bare_headers(settings_.engine));
    if (is_absolute(call.path)) {
        Result<OutboundRequest> request =
            options ? outbound_of(std::move(call), flight.deadline()) : fail(options.error());
        if (!request) {
            refuse_call(run, number, request.error());
            return {};
        }
        asio::co_spawn(executor_,
                       answer_fetch(shared_from_this(), run, number, std::move(*request)),
                       asio::detached);
        return {};
    }
    Result<Request> request =
        options ? request_of(std::move(call), flight.event.call, flight.deadline())
                : fail(options.error());
    if (!request) {
        refuse_call(run, number, request.error());
        return {};
    }
    request->origin.run = flight.record.id;
    asio::co_spawn(executor_, answer_call(shared_from_this(), run, number, std::move(*request)),
                   asio::detached);
    return {};
}

// Holds nothing of the flight: the run may end, killed, while the call is still going on.
Task<void> Host::answer_call(std::shared_ptr<Host> self,
                             std::uint64_t run,
                             std::int64_t call,
                             Request request) {
    const Response response = co_await self->handler_(std::move(request));
    self->reply(run, call, response);
}

// As a call inside the server is: what goes wrong is a result like any other.
Task<void> Host::answer_fetch(std::shared_ptr<Host> self,
                              std::uint64_t run,
                              std::int64_t call,
                              OutboundRequest request) {
    if (!self->settings_.fetch) {
        self->refuse_call(run, call,
                          Error(ErrorKind::Forbidden, "This instance calls no other servers."));
        co_return;
    }
    const Result<Response> response = co_await self->settings_.fetch(std::move(request));
    self->reply(run, call, response ? *response : Response::from(response.error()));
}

void Host::reply(std::uint64_t run, std::int64_t call, const Response& response) {
    if (state_ == HostState::Dead) {
        return;
    }
    if (const Status sent = append_reply(channel_->to_send, run, call, response); !sent) {
        refuse_call(run, call, sent.error());
    }
    if (channel_->to_send.size() > kMostUnread) {
        kill("it does not read what it asks for");
        return;
    }
    send_soon();
}

void Host::refuse_call(std::uint64_t run, std::int64_t call, const Error& error) {
    static_cast<void>(append_reply(channel_->to_send, run, call, Response::from(error)));
    send_soon();
}

// Hosts hold scripts to their limit of output themselves, but for what goes past them.
bool Host::may_log(std::size_t bytes) {
    constexpr std::int64_t kOfALine = 64;
    const std::int64_t before = logged_;
    logged_ += static_cast<std::int64_t>(bytes) + kOfALine;
    const std::int64_t most =
        kMostNoise + (flights_.empty() ? 0 : 2 * flights_.front()->limits.output_bytes);
    if (logged_ > most && before <= most) {
        const Flight* flight = flights_.empty() ? nullptr : flights_.front();
        log::warn("script", own_name() + " prints too much" + where(flight) + ": the rest is lost",
                  request_id_of(flight));
        if (!flights_.empty()) {
            flights_.front()->record.add_line(log::Level::Warn,
                                              "prints too much: the rest is lost");
        }
    }
    return logged_ <= most;
}

Status Host::on_log(const Frame& frame) {
    const PartView* text = frame.find_part("text");
    const auto run = static_cast<std::uint64_t>(integer_or(frame.head, "run", 0));
    Flight* flight = flights_.empty() || run == 0 ? nullptr : flights_.front();
    if (run != 0 && (flight == nullptr || flight->number != run)) {
        return fail(ErrorKind::Internal, "a log frame for no run at its head");
    }
    if (text != nullptr && may_log(text->bytes.size())) {
        const log::Level level = level_of(text_or(frame.head, "level", "info"));
        std::string line(text->bytes.substr(0, kMaxLogLine));
        log::write(level, "script", name_of_run(flight) + ": " + line, request_id_of(flight));
        if (flight != nullptr) {
            flight->record.add_line(level, std::move(line));
        }
    }
    return {};
}

// What came past the frames, on stdout or stderr. Only with a single run in flight is it certain
// whose it is.
void Host::on_output(std::string_view line) {
    is_out_of_memory_ = is_out_of_memory_ || tells_of_memory(line);
    if (!may_log(line.size())) {
        return;
    }
    Flight* flight = flights_.size() == 1 ? flights_.front() : nullptr;
    if (flight != nullptr) {
        flight->record.add_line(log::Level::Info, std::string(line));
    }
    // What it says before it is up is why it does not come up.
    log::write(has_booted_ ? log::Level::Info : log::Level::Warn, "script",
               name_of_run(flight) + " printed: " + std::string(line), request_id_of(flight));
}

}  // namespace sluice::script
