#include "script/host.h"

#include <algorithm>
#include <csignal>

#include "core/log.h"
#include "script/cpu_time.h"
#include "script/frame.h"
#include "script/host_parts.h"
#include "script/limits.h"
#include "script/priority.h"
#include "script/run_frame.h"

namespace sluice::script {
namespace {

using Clock = Deadline::Clock;

// A host that ends its runs itself gets this much longer before it is killed.
constexpr std::chrono::milliseconds kInterruptGrace{250};
// Compiled scripts a host keeps; past that the oldest is unloaded.
constexpr std::size_t kMaxLoaded = 1000;
// A run that takes longer no longer competes with the shard for its core.
constexpr std::chrono::milliseconds kLongRun{20};

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

bool Host::works_for(const Tenant& tenant) const {
    return works_for(*tenant.script) &&
           is_same_caller(*flights_.front()->event.call.principal, *tenant.principal);
}

bool Host::works_for(const Script& script) const {
    return !flights_.empty() && is_same_script(*flights_.front()->script, script);
}

int Host::depth() const {
    return flights_.empty() ? 0 : flights_.front()->depth;
}

Clock::time_point Host::head_since() const {
    return flights_.empty() ? Clock::now() : flights_.front()->head_since;
}

Task<RunEnd> Host::run(ScriptRef script, Limits limits, const Event& event, int depth, bool fast) {
    Flight flight(executor_, std::move(script), event, limits);
    flight.depth = depth;
    flight.number = numbers_.next();
    ++runs_sent_;
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
    flight.number = numbers_.next();
    ++runs_sent_;
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
    sent_in_a_row_ = flights_.empty() ? 1 : sent_in_a_row_ + 1;
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

// For the log: the run's script and engine, or the host when there is no run.
std::string Host::name_of_run(const Flight* flight) const {
    return flight == nullptr ? own_name() : flight->script->name + " (" + settings_.engine + ")";
}

std::string_view Host::request_id_of(const Flight* flight) {
    return flight == nullptr ? std::string_view() : flight->event.call.request.origin.request_id;
}

std::string Host::own_name() const {
    return settings_.engine + " host " + std::to_string(pid());
}

// For the log of a death: the run that was at its head, else the one that may have left something.
std::string Host::where(const Flight* flight) const {
    return flight != nullptr ? " in " + name_of_run(flight)
           : last_script_    ? ", idle after " + last_script_->name
                             : "";
}

void Host::end_overdue(Clock::time_point now) {
    if (state_ == HostState::Starting && now >= boot_deadline_.at()) {
        kill("it did not answer the setup in time");
        return;
    }
    if (flights_.empty()) {
        end_when_working_idly(now);
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
    flight.end.result = fail(limit_error("wall", *flight.script, flight.limits));
    flight.end.called_back = true;
    kill("a run passed its time");
}

// A script that answered for itself and goes on, or what it left behind where its host did not see
// it.
void Host::end_when_working_idly(Clock::time_point now) {
    if (state_ == HostState::Idle && last_script_ && idle_watch_.is_due(idle_since_, now) &&
        idle_watch_.is_working(cpu_time(channel_->pid))) {
        kill("it uses the processor without a run");
    }
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
    flight.end.result = fail(limit_error("cpu", *flight.script, flight.limits));
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
    Limits limits = flight.limits;
    limits.memory_bytes = settings_.memory_bytes;
    return limit_error("memory", *flight.script, limits)
        .with_detail("script '" + flight.script->name + "' (" + settings_.engine +
                     ") passed its limit of memory");
}

void Host::die(std::string_view why) {
    if (state_ == HostState::Dead && flights_.empty()) {
        return;
    }
    if (!flights_.empty() && channel_->output.is_open()) {
        read_last_output();
    }
    if (state_ != HostState::Dead) {
        const Flight* flight = flights_.empty() ? nullptr : flights_.front();
        log::warn("script",
                  own_name() + " died (" + std::string(why) + ")" + where(flight) + ", " +
                      std::to_string(flights_.size()) + " runs in flight",
                  request_id_of(flight));
    }
    const std::deque<Flight*> lost = std::exchange(flights_, {});
    for (std::size_t i = 0; i < lost.size(); ++i) {
        if (i == 0) {
            Error* error = lost[i]->end.result ? nullptr : &lost[i]->end.result.error();
            // Unless it is known already which limit it passed.
            if (error != nullptr && error->context() == "null") {
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
