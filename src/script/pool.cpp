#include "script/pool.h"

#include <algorithm>

#include "core/log.h"

namespace sluice::script {
namespace {

using Clock = Deadline::Clock;

// After this many failures to boot in a row, runs are refused until kBrokenTime has passed.
constexpr int kMaxBootFailures = 5;
constexpr std::chrono::milliseconds kFirstBackOff{100};
constexpr std::chrono::milliseconds kLongestBackOff{1000};
constexpr std::chrono::milliseconds kBrokenTime{10'000};
// A run that was queued behind one that killed its host goes to another host, this often at most.
constexpr int kMaxAttempts = 4;
constexpr std::size_t kWokenAtOnce = 16;
// No text takes longer to compile that is meant to be run.
constexpr std::chrono::milliseconds kCheckTime{2000};
// Each waiting call holds its request.
constexpr std::size_t kMaxWaiting = 1000;

std::chrono::milliseconds back_off(int failures) {
    const auto doubled = kFirstBackOff * (1 << std::min(failures - 1, 4));
    return failures >= kMaxBootFailures
               ? kBrokenTime
               : std::min<std::chrono::milliseconds>(doubled, kLongestBackOff);
}

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
        if (boot_failures_ >= kMaxBootFailures && Clock::now() < may_boot_at_ && hosts_.empty()) {
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

std::shared_ptr<Host> Pool::choose(bool fast, bool nested) const {
    std::shared_ptr<Host> best;
    for (const std::shared_ptr<Host>& host : hosts_) {
        if (host->state() == HostState::Idle) {
            best = best ? best : host;
        } else if (fast && !nested && host->state() == HostState::Running && host->is_all_fast() &&
                   host->in_flight() < settings_.max_depth) {
            // A running host is warm in the cache and answers several in one write.
            return host;
        }
    }
    return best;
}

std::shared_ptr<Host> Pool::choose_fresh() const {
    const auto found = std::ranges::find_if(hosts_, [](const auto& host) {
        return host->state() == HostState::Idle && host->is_fresh();
    });
    return found == hosts_.end() ? nullptr : *found;
}

// For a fresh host: an idle one that is not gives up its place.
void Pool::make_room() {
    const auto used = std::ranges::find_if(
        hosts_, [](const auto& host) { return host->state() == HostState::Idle; });
    if (hosts_.size() >= settings_.max_hosts && used != hosts_.end()) {
        const std::shared_ptr<Host> host = *used;  // retiring it takes it off the list
        host->retire();
    }
}

// Nothing may be queued behind a strict run.
bool Pool::is_fast_script(const Script& script) const {
    return !script.is_strict && pace_.is_fast(script.hash);
}

bool Pool::may_start(bool nested) const {
    const std::size_t limit = nested ? settings_.max_hosts * 2 : settings_.max_hosts;
    return hosts_.size() < limit && Clock::now() >= may_boot_at_;
}

void Pool::start_host() {
    auto started =
        Host::start(executor_, settings_.host, handler_, [this](Host& host) { on_change(host); });
    if (!started) {
        log::error("script", started.error().message() + " " + started.error().detail());
        ++boot_failures_;
        may_boot_at_ = Clock::now() + back_off(boot_failures_);
        return;
    }
    hosts_.push_back(std::move(*started));
}

void Pool::on_change(Host& host) {
    if (host.state() == HostState::Dead) {
        if (!host.has_booted() && !is_stopped_) {
            ++boot_failures_;
            may_boot_at_ = Clock::now() + back_off(boot_failures_);
        }
        const bool was_wanted = host.has_booted();
        std::erase_if(hosts_, [&host](const auto& mine) { return mine.get() == &host; });
        // A replacement is ready before the next call asks for it.
        if (was_wanted && !is_stopped_ && hosts_.empty() && may_start(false)) {
            start_host();
        }
    } else if (host.state() == HostState::Idle && host.has_booted()) {
        boot_failures_ = 0;
    }
    wake_waiting();
}

// The first may be unable to go on where those behind it are, so several are asked.
void Pool::wake_waiting() {
    const std::size_t several = std::min(waiting_.size(), kWokenAtOnce);
    for (std::size_t i = 0; i < several; ++i) {
        waiting_[i]->set();
    }
}

std::size_t Pool::count(HostState state) const {
    return static_cast<std::size_t>(std::ranges::count_if(
        hosts_, [state](const auto& host) { return host->state() == state; }));
}

void Pool::warm() {
    if (hosts_.empty() && may_start(false)) {
        start_host();
    }
}

void Pool::tend(Clock::time_point now) {
    const std::vector<std::shared_ptr<Host>> hosts = hosts_;  // ending one changes the list
    for (const std::shared_ptr<Host>& host : hosts) {
        host->end_overdue(now);
    }
    std::size_t idle = count(HostState::Idle);
    for (const std::shared_ptr<Host>& host : hosts) {
        if (idle > 1 && host->state() == HostState::Idle &&
            now - host->idle_since() > settings_.idle_time) {
            host->retire();
            --idle;
        }
    }
    if (!waiting_.empty()) {
        wake_waiting();  // a back-off may be over
    }
}

void Pool::stop() {
    is_stopped_ = true;
    const std::vector<std::shared_ptr<Host>> hosts = hosts_;
    for (const std::shared_ptr<Host>& host : hosts) {
        if (host->in_flight() > 0) {
            host->kill("the server stops");
        } else {
            host->retire();
        }
    }
    for (Signal* signal : waiting_) {
        signal->set();
    }
}

bool Pool::is_busy() const {
    return !waiting_.empty() || hosts_.size() > 1 ||
           std::ranges::any_of(hosts_,
                               [](const auto& host) { return host->state() != HostState::Idle; });
}

}  // namespace sluice::script
