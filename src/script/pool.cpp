#include "script/pool.h"

#include <algorithm>

namespace sluice::script {
namespace {

using Clock = Deadline::Clock;

// A run that was queued behind one that killed its host goes to another host, this often at most.
constexpr int kMaxAttempts = 4;
constexpr std::size_t kWokenAtOnce = 16;
// No text takes longer to compile that is meant to be run.
constexpr std::chrono::milliseconds kCheckTime{2000};
// Each waiting call holds its request.
constexpr std::size_t kMaxWaiting = 1000;

}  // namespace

Pool::Pool(Executor executor, PoolSettings settings, Handler handler)
    : executor_(executor),
      settings_(std::move(settings)),
      handler_(std::move(handler)),
      pace_(settings_.fast_time) {}

Task<Result<Outcome>> Pool::run(ScriptRef script, const Event& event) {
    const Limits limits = effective_limits(*script, event.stage, settings_.limits);
    if (event.call.request.origin.depth >= limits.depth) {
        co_return fail(Error(ErrorKind::Internal, "Scripts called each other more than " +
                                                      std::to_string(limits.depth) +
                                                      " deep, which is the limit.")
                           .with_context(R"({"reason":"script_limit_depth"})"));
    }
    for (int attempt = 0; attempt < kMaxAttempts; ++attempt) {
        bool leads = false;
        Result<std::shared_ptr<Host>> host = co_await acquire(*script, event, leads);
        RunEnd end{false, fail(ErrorKind::ServiceUnavailable, ""), false};
        if (host) {
            if (leads) {
                on_trial_[script->hash] = Clock::now();
            }
            end = co_await (*host)->run(script, limits, event, is_fast_script(*script));
        }
        if (leads) {
            on_trial_.erase(script->hash);
        }
        if (end.was_started && !script->is_strict) {
            const auto duration = end.result ? end.result->duration : Pace::kTooLong;
            pace_.record(script->hash, duration, end.called_back);
        }
        wake_waiting();
        if (!host) {
            co_return fail(std::move(host).error());
        }
        if (end.was_started) {
            co_return std::move(end.result);
        }
    }
    co_return fail(ErrorKind::ServiceUnavailable, "Script '" + script->name +
                                                      "' could not be started: its hosts died "
                                                      "before they came to it.");
}

Task<Result<std::optional<std::string>>> Pool::check(ScriptRef script, Deadline deadline) {
    const std::shared_ptr<Host> host = co_await wait_for_idle(deadline);
    if (!host) {
        co_return fail(ErrorKind::ServiceUnavailable,
                       "no host for " + settings_.host.engine + " scripts is free");
    }
    Limits limits = effective_limits(*script, Stage::PreProcess, settings_.limits);
    limits.wall = std::min(limits.wall, kCheckTime);
    Call call;
    call.request.origin.deadline = deadline;
    const Event event{Stage::PreProcess, "", call, call.request, nullptr};
    RunEnd end = co_await host->check(std::move(script), limits, event);
    wake_waiting();
    CO_TRY(const Outcome outcome, std::move(end.result));
    co_return outcome.raised ? std::optional(outcome.raised->message()) : std::nullopt;
}

// Null when none is free in time.
Task<std::shared_ptr<Host>> Pool::wait_for_idle(Deadline deadline) {
    while (!is_stopped_ && !deadline.has_passed()) {
        if (std::shared_ptr<Host> host = choose(false, false)) {
            co_return host;
        }
        if (count(HostState::Starting) == 0 && may_start(false)) {
            start_host();
        }
        Signal signal(executor_);
        waiting_.push_back(&signal);
        co_await signal.wait_until(deadline);
        std::erase(waiting_, &signal);
    }
    co_return nullptr;
}

// A script that is neither known to be fast nor slow runs one at a time outside of nested calls:
// the others wait for the verdict instead of starting a host each.
bool Pool::waits_for_verdict(const Script& script, bool nested, bool& leads) {
    // A nested call never waits: the run that is on trial may be its own caller.
    if (nested || leads || script.is_strict || !pace_.is_undecided(script.hash)) {
        return false;
    }
    const auto [trial, is_first] = on_trial_.try_emplace(script.hash, Clock::time_point::max());
    leads = is_first;
    const bool is_over = !is_first && trial->second != Clock::time_point::max() &&
                         Clock::now() - trial->second > pace_.too_long();
    return !leads && !is_over;
}

// A host for a run now, or none. Starts another ahead of need.
std::shared_ptr<Host> Pool::claim(const Script& script, bool nested) {
    const bool is_fast = is_fast_script(script);
    std::shared_ptr<Host> host = script.is_strict ? choose_fresh() : choose(is_fast, nested);
    const bool takes_the_last = count(HostState::Idle) <= 1 && count(HostState::Starting) == 0;
    if (host && !is_fast && takes_the_last && may_start(false)) {
        start_host();  // the next run should not wait for a start either
    }
    return host;
}

Task<Result<std::shared_ptr<Host>>> Pool::acquire(const Script& script,
                                                  const Event& event,
                                                  bool& leads) {
    const bool nested = event.call.request.origin.depth > 0;
    const Deadline deadline = event.call.request.origin.deadline;
    if (waiting_.size() >= kMaxWaiting && !nested) {
        co_return fail(ErrorKind::ServiceUnavailable,
                       "Too many calls wait for " + settings_.host.engine + " scripts already.");
    }
    // Those who wait already come first, nested calls excepted: others wait for them.
    bool may_choose = nested || waiting_.empty();
    for (;;) {
        if (is_stopped_) {
            co_return fail(ErrorKind::ServiceUnavailable, "The server is shutting down.");
        }
        const bool waits = waits_for_verdict(script, nested, leads);
        if (may_choose && !waits) {
            if (std::shared_ptr<Host> host = claim(script, nested)) {
                co_return host;
            }
        }
        if (is_broken()) {
            co_return fail(ErrorKind::ServiceUnavailable,
                           "Scripting with " + settings_.host.engine +
                               " is not available: its interpreter does not start.");
        }
        if (script.is_strict) {
            make_room();
        }
        if (!waits && count(HostState::Starting) <= waiting_.size() && may_start(nested)) {
            start_host();
        }
        Signal signal(executor_);
        waiting_.push_back(&signal);
        const bool was_woken =
            co_await signal.wait_until(deadline.within(settings_.host.boot_time));
        std::erase(waiting_, &signal);
        may_choose = true;
        if (!was_woken && deadline.has_passed()) {
            co_return fail(ErrorKind::ServiceUnavailable,
                           "All hosts for " + settings_.host.engine +
                               " scripts are busy; none became free in time.");
        }
    }
}

// Nothing may be queued behind a strict run.
bool Pool::is_fast_script(const Script& script) const {
    return !script.is_strict && pace_.is_fast(script.hash);
}

// The first may be unable to go on where those behind it are, so several are asked.
void Pool::wake_waiting() {
    const std::size_t several = std::min(waiting_.size(), kWokenAtOnce);
    for (std::size_t i = 0; i < several; ++i) {
        waiting_[i]->set();
    }
}

}  // namespace sluice::script
