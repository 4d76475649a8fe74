#include "script/host.h"

#include <algorithm>
#include <csignal>

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

// A host that ends its runs itself gets this much longer before it is killed.
constexpr std::chrono::milliseconds kInterruptGrace{250};
// Compiled scripts a host keeps; past that the oldest is unloaded.
constexpr std::size_t kMaxLoaded = 1000;
// A run that takes longer no longer competes with the shard for its core.
constexpr std::chrono::milliseconds kLongRun{20};

log::Level level_of(std::string_view name) {
    return name == "debug"   ? log::Level::Debug
           : name == "warn"  ? log::Level::Warn
           : name == "error" ? log::Level::Error
                             : log::Level::Info;
}

// In these a map of options that names nothing known has always been the headers.
bool takes_bare_headers(std::string_view engine) {
    return engine != "php" && engine != "v8js";
}

}  // namespace

Host::Host(Executor executor,
           HostSettings settings,
           Handler handler,
           std::function<void(Host&)> on_change)
    : executor_(executor),
      settings_(std::move(settings)),
      handler_(std::move(handler)),
      on_change_(std::move(on_change)),
      boot_deadline_(Deadline::after(settings_.boot_time)) {}

bool Host::is_all_fast() const {
    return std::ranges::all_of(flights_, [](const Flight* flight) { return flight->is_fast; });
}

Task<RunEnd> Host::run(ScriptRef script, Limits limits, const Event& event, bool fast) {
    Flight flight(executor_, std::move(script), event, limits);
    flight.number = ++last_run_;
    flight.is_fast = fast;
    load_when_new(*flight.script);
    if (Status written =
            append_run(channel_->to_send, flight.number, *flight.script, limits, event);
        !written) {
        flight.end.result = fail(std::move(written).error());
        co_return std::move(flight.end);
    }
    co_await wait_for(flight);
    co_return std::move(flight.end);
}

Task<RunEnd> Host::check(ScriptRef script, Limits limits, const Event& event) {
    Flight flight(executor_, std::move(script), event, limits);
    flight.number = ++last_run_;
    if (Status written = append_check(channel_->to_send, flight.number, *flight.script, limits);
        !written) {
        flight.end.result = fail(std::move(written).error());
        co_return std::move(flight.end);
    }
    co_await wait_for(flight);
    co_return std::move(flight.end);
}

// The frame is written; sends it and waits for the end of its run.
Task<void> Host::wait_for(Flight& flight) {
    flight.head_since = Clock::now();
    flights_.push_back(&flight);
    enter(HostEvent::RunSent);
    if (flight.script->is_strict) {
        enter(HostEvent::Retire);
    }
    send_soon();
    co_await flight.ended.wait();
}

void Host::load_when_new(const Script& script) {
    if (!loaded_.insert(script.hash).second) {
        return;
    }
    append_load(channel_->to_send, script);
    loaded_order_.push_back(script.hash);
    if (loaded_order_.size() > kMaxLoaded) {
        FrameBuilder unload(FrameType::Unload);
        unload.head().append("\"script\":").append(json_string(loaded_order_.front()));
        static_cast<void>(unload.append_to(channel_->to_send));
        loaded_.erase(loaded_order_.front());
        loaded_order_.pop_front();
    }
}

Status Host::on_frame(const Frame& frame) {
    switch (frame.type) {
        case FrameType::Hello:
            return on_hello(frame);
        case FrameType::Done:
            return on_done(frame);
        case FrameType::Call:
            return on_call(frame);
        case FrameType::Log:
            on_log(frame);
            return {};
        case FrameType::Ping:
            return {};
        default:
            return fail(ErrorKind::Internal, "a frame of a type that only the server sends");
    }
}

Status Host::on_hello(const Frame& frame) {
    if (text_or(frame.head, "protocol", "") != "json1") {
        return fail(ErrorKind::Internal, "it speaks another protocol");
    }
    log::debug("script", own_name() + " is up: " + std::string(text_or(frame.head, "version", "")));
    interrupts_ = boolean_or(frame.head, "interrupts", false);
    has_booted_ = true;
    channel_->inner_pid = innermost(channel_->pid);
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
    Result<Done> done = read_done(frame, *flight.script);
    if (!done) {
        return fail(done.error());
    }
    // Hosts answer several runs in one write: the time since the last answer says little of one.
    const auto since =
        std::chrono::duration_cast<std::chrono::microseconds>(now - flight.head_since);
    done->outcome.duration = std::min(since, done->took.value_or(since));
    flight.end.called_back = flight.api_calls > 0;
    flight.end.result = std::move(done->outcome);
    flights_.pop_front();
    if (!flights_.empty()) {
        flights_.front()->head_since = now;
    }
    if (std::exchange(is_aside_, false) && !step_back(channel_->inner_pid) &&
        done->retire.empty()) {
        done->retire = "it ran long and cannot be made fast again";
    }
    flight.ended.set();
    if (!done->retire.empty()) {
        log::info("script", own_name() + " is replaced: " + done->retire);
        enter(HostEvent::Retire);
    }
    if (flights_.empty()) {
        idle_since_ = now;
        enter(HostEvent::Emptied);
    }
    on_change_(*this);
    return {};
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
        refuse_call(run, number,
                    Error(ErrorKind::Internal, "The script made more than " +
                                                   std::to_string(flight.limits.api_calls) +
                                                   " calls, which is its limit."));
        return {};
    }
    const Status options = apply_options(call, takes_bare_headers(settings_.engine));
    Result<Request> request =
        options ? request_of(std::move(call), flight.event.call, flight.deadline())
                : fail(options.error());
    if (!request) {
        refuse_call(run, number, request.error());
        return {};
    }
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
    if (self->state_ == HostState::Dead) {
        co_return;
    }
    if (const Status sent = append_reply(self->channel_->to_send, run, call, response); !sent) {
        self->refuse_call(run, call, sent.error());
    }
    self->send_soon();
}

void Host::refuse_call(std::uint64_t run, std::int64_t call, const Error& error) {
    static_cast<void>(append_reply(channel_->to_send, run, call, Response::from(error)));
    send_soon();
}

void Host::on_log(const Frame& frame) {
    const PartView* text = frame.find_part("text");
    if (text == nullptr) {
        return;
    }
    const bool in_run =
        !flights_.empty() &&
        flights_.front()->number == static_cast<std::uint64_t>(integer_or(frame.head, "run", 0));
    const std::string name =
        in_run ? flights_.front()->script->name + " (" + settings_.engine + ")" : own_name();
    log::write(level_of(text_or(frame.head, "level", "info")), "script",
               name + ": " + std::string(text->bytes.substr(0, kMaxLogLine)),
               in_run ? flights_.front()->event.call.request.origin.request_id : "");
}

// What came past the frames, on stdout or stderr. Only with a single run in flight is it certain
// whose it is.
void Host::on_output(std::string_view line) {
    constexpr std::string_view kFatal = "FATAL ERROR: ";
    constexpr std::string_view kOutOfMemory = "out of memory";
    if (line.starts_with(kFatal) && line.ends_with(kOutOfMemory)) {
        is_out_of_memory_ = true;  // V8's last words
    }
    const Flight* flight = flights_.size() == 1 ? flights_.front() : nullptr;
    log::info(
        "script",
        (flight == nullptr ? own_name() : flight->script->name + " (" + settings_.engine + ")") +
            " printed: " + std::string(line),
        flight == nullptr ? "" : flight->event.call.request.origin.request_id);
}

std::string Host::own_name() const {
    return settings_.engine + " host " + std::to_string(pid());
}

void Host::end_overdue(Clock::time_point now) {
    if (state_ == HostState::Starting && now >= boot_deadline_.at()) {
        kill("it did not answer the setup in time");
        return;
    }
    if (flights_.empty()) {
        return;
    }
    Flight& flight = *flights_.front();
    if (!is_aside_ && now - flight.head_since > kLongRun) {
        is_aside_ = true;
        step_aside(channel_->inner_pid);
    }
    end_when_over_cpu(flight);
    if (state_ == HostState::Dead) {
        return;
    }
    const Clock::time_point at =
        interrupts_ ? flight.deadline().at() + kInterruptGrace : flight.deadline().at();
    if (now < at) {
        return;
    }
    flight.end.result =
        fail(Error(ErrorKind::ScriptTimeout,
                   "Script '" + flight.script->name + "' did not end within its limit of " +
                       std::to_string(flight.limits.wall.count()) + " ms.")
                 .with_context(R"({"reason":"script_limit_wall"})"));
    flight.end.called_back = true;
    kill("a run passed its time");
}

// Measured from outside, at every look: what a run used before the first one does not count.
void Host::end_when_over_cpu(Flight& flight) {
    const std::chrono::milliseconds limit = flight.limits.cpu;
    if (limit.count() == 0) {
        return;
    }
    const std::chrono::nanoseconds used = cpu_time(channel_->pid);
    if (!flight.cpu_before) {
        flight.cpu_before = used;
    }
    if (used - *flight.cpu_before <= limit) {
        return;
    }
    flight.end.result =
        fail(Error(ErrorKind::ScriptTimeout,
                   "Script '" + flight.script->name + "' used more than its limit of " +
                       std::to_string(limit.count()) + " ms of processor time.")
                 .with_context(R"({"reason":"script_limit_cpu"})"));
    flight.end.called_back = true;
    kill("a run passed its processor time");
}

void Host::retire() {
    enter(HostEvent::Retire);
}

void Host::kill(std::string_view why) {
    die(why);
}

void Host::enter(HostEvent event) {
    const HostState before = state_;
    state_ = next_state(state_, event);
    if (state_ == HostState::Dead && before != HostState::Dead) {
        boost::system::error_code ignored;
        channel_->socket.close(ignored);
        channel_->wake_writer.set();
        if (!channel_->is_reaped) {
            ::kill(channel_->pid, SIGKILL);  // it has no run any more, or must not go on with it
        }
    }
    if (state_ != before) {
        on_change_(*this);
    }
}

// An engine that cannot end a run over its memory dies of it; all scripts share the host's limit.
Error Host::out_of_memory(const Flight& flight) const {
    return Error(ErrorKind::Internal, "The script used more than its " +
                                          std::to_string(settings_.memory_bytes >> 20U) +
                                          " MB of memory.")
        .with_detail("script '" + flight.script->name + "' (" + settings_.engine +
                     ") passed its limit of memory")
        .with_context(R"({"reason":"script_limit_memory"})");
}

void Host::die(std::string_view why) {
    if (state_ == HostState::Dead && flights_.empty()) {
        return;
    }
    if (!flights_.empty() && channel_->output.is_open()) {
        read_last_output();
    }
    if (!flights_.empty() || !has_booted_) {
        log::warn("script", own_name() + " died (" + std::string(why) + ") with " +
                                std::to_string(flights_.size()) + " runs in flight");
    }
    const std::deque<Flight*> lost = std::exchange(flights_, {});
    for (std::size_t i = 0; i < lost.size(); ++i) {
        if (i == 0) {
            Error* error = lost[i]->end.result ? nullptr : &lost[i]->end.result.error();
            if (error != nullptr && error->kind() == ErrorKind::Internal) {
                *error = is_out_of_memory_
                             ? out_of_memory(*lost[i])
                             : Error(ErrorKind::Internal,
                                     "Script '" + lost[i]->script->name +
                                         "' ended its interpreter: " + std::string(why) + ".")
                                   .with_context(R"({"reason":"script_host_died"})");
            }
        } else {
            lost[i]->end.was_started = false;
        }
        lost[i]->ended.set();
    }
    enter(HostEvent::Died);
}

}  // namespace sluice::script
