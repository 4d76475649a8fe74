#include "script/host.h"

#include <algorithm>
#include <csignal>

#include <sys/wait.h>
#include <unistd.h>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/local/stream_protocol.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/write.hpp>

#include "core/async.h"
#include "core/log.h"
#include "core/wakeup.h"
#include "script/api_call.h"
#include "script/done_frame.h"
#include "script/frame.h"
#include "script/priority.h"
#include "script/process.h"
#include "script/run_frame.h"

namespace sluice::script {
namespace {

namespace asio = boost::asio;
using Clock = Deadline::Clock;
using Socket = asio::basic_stream_socket<asio::local::stream_protocol, Executor>;
using Descriptor = asio::posix::basic_stream_descriptor<Executor>;

// A host that ends its runs itself gets this much longer before it is killed.
constexpr std::chrono::milliseconds kInterruptGrace{250};
// Compiled scripts a host keeps; past that the oldest is unloaded.
constexpr std::size_t kMaxLoaded = 1000;
// A run that takes longer no longer competes with the shard for its core.
constexpr std::chrono::milliseconds kLongRun{20};
constexpr std::size_t kReadBytes = 64 * 1024;
constexpr std::chrono::milliseconds kReapTime{20};
// What a dead host printed last is still read for this long, also when a process that it left
// behind holds the pipe open.
constexpr std::chrono::milliseconds kLastOutput{500};
constexpr std::size_t kMaxLogLine = 8 * 1024;

log::Level level_of(std::string_view name) {
    return name == "debug"   ? log::Level::Debug
           : name == "warn"  ? log::Level::Warn
           : name == "error" ? log::Level::Error
                             : log::Level::Info;
}

}  // namespace

/// One run in flight. Lives in the frame of Host::run.
struct Host::Flight {
    Flight(Executor executor, ScriptRef run_script, const Event& run_event, Limits run_limits)
        : script(std::move(run_script)), event(run_event), limits(run_limits), ended(executor) {}

    std::uint64_t number = 0;
    ScriptRef script;
    const Event& event;
    Limits limits;
    bool is_fast = false;
    Wakeup ended;
    Clock::time_point head_since;
    int api_calls = 0;
    RunEnd end{true, fail(ErrorKind::Internal, "The script's host ended."), false};

    Deadline deadline() const {
        return Deadline(
            std::min(head_since + limits.wall, event.call.request.origin.deadline.at()));
    }
};

/// The descriptors, kept out of the header because they bring Asio along.
struct Host::Channel {
    Channel(Executor executor, const Process& process)
        : pid(process.pid),
          socket(executor, asio::local::stream_protocol(), process.socket),
          output(executor, process.output),
          pidfd(executor, process.pidfd),
          wake_writer(executor) {}

    pid_t pid;
    bool is_reaped = false;
    Socket socket;
    Descriptor output;
    Descriptor pidfd;
    std::string to_send;
    Wakeup wake_writer;
};

Host::Host(Executor executor,
           HostSettings settings,
           Handler handler,
           std::function<void(Host&)> on_change)
    : executor_(executor),
      settings_(std::move(settings)),
      handler_(std::move(handler)),
      on_change_(std::move(on_change)),
      boot_deadline_(Deadline::after(settings_.boot_time)) {}

Host::~Host() {
    if (channel_ && !channel_->is_reaped) {
        ::kill(channel_->pid, SIGKILL);
        waitpid(channel_->pid, nullptr, 0);
    }
}

Result<std::shared_ptr<Host>> Host::start(Executor executor,
                                          HostSettings settings,
                                          Handler handler,
                                          std::function<void(Host&)> on_change) {
    SLUICE_TRY(const Process process, start_process(settings.arguments, settings.environment));
    std::shared_ptr<Host> host(
        new Host(executor, std::move(settings), std::move(handler), std::move(on_change)));
    host->channel_ = std::make_unique<Channel>(executor, process);

    FrameBuilder setup(FrameType::Setup);
    setup.head().append("\"engine\":").append(json_string(host->settings_.engine));
    setup.head().append(",\"config\":").append(host->settings_.config_json);
    setup.head().append(",\"memory_bytes\":").append(std::to_string(host->settings_.memory_bytes));
    SLUICE_CHECK(setup.append_to(host->channel_->to_send));

    asio::co_spawn(executor, write_frames(host), asio::detached);
    asio::co_spawn(executor, read_frames(host), asio::detached);
    asio::co_spawn(executor, read_output(host), asio::detached);
    asio::co_spawn(executor, reap(host), asio::detached);
    host->send_soon();
    return host;
}

pid_t Host::pid() const {
    return channel_->pid;
}

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
    flight.head_since = Clock::now();
    flights_.push_back(&flight);
    enter(HostEvent::RunSent);
    send_soon();
    co_await flight.ended.wait();
    co_return std::move(flight.end);
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

void Host::send_soon() {
    channel_->wake_writer.set();
}

// What several coroutines append in one turn of the loop goes out in one write.
Task<void> Host::write_frames(std::shared_ptr<Host> self) {
    std::string sending;
    while (self->state_ != HostState::Dead) {
        co_await self->channel_->wake_writer.wait();
        sending.clear();
        std::swap(sending, self->channel_->to_send);
        if (sending.empty()) {
            continue;
        }
        boost::system::error_code code;  // a broken socket is read_frames' to report
        co_await asio::async_write(self->channel_->socket, asio::buffer(sending),
                                   asio::redirect_error(use_task, code));
        if (code) {
            co_return;
        }
    }
}

Task<void> Host::read_frames(std::shared_ptr<Host> self) {
    FrameReader reader;
    std::string why = "it closed its socket";
    while (self->state_ != HostState::Dead) {
        const auto [at, space] = reader.prepare(kReadBytes);
        boost::system::error_code code;
        const std::size_t bytes = co_await self->channel_->socket.async_read_some(
            asio::buffer(at, space), asio::redirect_error(use_task, code));
        if (code) {
            // The exit status says more than the closed socket; it follows at once when the process
            // has ended.
            co_await sleep_for(kReapTime);
            break;
        }
        reader.commit(bytes);
        bool is_broken = false;
        for (;;) {
            Result<std::optional<Frame>> frame = reader.next();
            const Status handled = !frame                ? fail(frame.error())
                                   : !frame->has_value() ? Status()
                                                         : self->on_frame(**frame);
            if (!handled) {
                why = handled.error().message() + " " + handled.error().detail();
                is_broken = true;
            }
            if (is_broken || !frame || !frame->has_value()) {
                break;
            }
        }
        if (is_broken) {
            break;
        }
    }
    self->die(why);
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
    version_ = text_or(frame.head, "version", "");
    interrupts_ = boolean_or(frame.head, "interrupts", false);
    has_booted_ = true;
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
    Result<Done> done = read_done(frame, flight.script->name);
    if (!done) {
        return fail(done.error());
    }
    done->outcome.duration =
        std::chrono::duration_cast<std::chrono::microseconds>(now - flight.head_since);
    flight.end.called_back = flight.api_calls > 0;
    flight.end.result = std::move(done->outcome);
    flights_.pop_front();
    if (!flights_.empty()) {
        flights_.front()->head_since = now;
    }
    if (std::exchange(is_aside_, false) && !step_back(channel_->pid) && done->retire.empty()) {
        done->retire = "it ran long and cannot be made fast again";
    }
    flight.ended.set();
    if (!done->retire.empty()) {
        log::info("script", settings_.engine + " host " + std::to_string(pid()) +
                                " is replaced: " + done->retire);
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
    Result<Request> request = request_of(std::move(call), flight.event.call, flight.deadline());
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
    const std::string name = in_run ? flights_.front()->script->name : settings_.engine + " host";
    log::write(level_of(text_or(frame.head, "level", "info")), "script",
               name + ": " + std::string(text->bytes.substr(0, kMaxLogLine)),
               in_run ? flights_.front()->event.call.request.origin.request_id : "");
}

Task<void> Host::read_output(std::shared_ptr<Host> self) {
    std::string line;
    char bytes[4096];
    for (;;) {
        boost::system::error_code code;
        const std::size_t count = co_await self->channel_->output.async_read_some(
            asio::buffer(bytes), asio::redirect_error(use_task, code));
        if (code) {
            co_return;
        }
        line.append(bytes, count);
        std::size_t end = 0;
        while ((end = line.find('\n')) != std::string::npos || line.size() > kMaxLogLine) {
            end = std::min(end, kMaxLogLine);
            log::info("script", self->settings_.engine + " host " + std::to_string(self->pid()) +
                                    " printed: " + line.substr(0, end));
            line.erase(0, std::min(end + 1, line.size()));
        }
    }
}

Task<void> Host::reap(std::shared_ptr<Host> self) {
    boost::system::error_code code;
    co_await self->channel_->pidfd.async_wait(Descriptor::wait_read,
                                              asio::redirect_error(use_task, code));
    if (code) {
        co_return;
    }
    int status = 0;
    if (waitpid(self->channel_->pid, &status, WNOHANG) == self->channel_->pid) {
        self->channel_->is_reaped = true;
    }
    self->die(WIFSIGNALED(status) ? "signal " + std::to_string(WTERMSIG(status))
                                  : "exit code " + std::to_string(WEXITSTATUS(status)));
    self->channel_->pidfd.close(code);
    co_await sleep_for(kLastOutput);
    self->channel_->output.close(code);
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
        step_aside(channel_->pid);
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

void Host::die(std::string_view why) {
    if (state_ == HostState::Dead && flights_.empty()) {
        return;
    }
    if (!flights_.empty() || !has_booted_) {
        log::warn("script", settings_.engine + " host " + std::to_string(pid()) + " died (" +
                                std::string(why) + ") with " + std::to_string(flights_.size()) +
                                " runs in flight");
    }
    const std::deque<Flight*> lost = std::exchange(flights_, {});
    for (std::size_t i = 0; i < lost.size(); ++i) {
        if (i == 0) {
            Error* error = lost[i]->end.result ? nullptr : &lost[i]->end.result.error();
            if (error != nullptr && error->kind() == ErrorKind::Internal) {
                *error = Error(ErrorKind::Internal,
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
