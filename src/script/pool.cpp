#include "script/pool.h"

#include <algorithm>

#include "core/unit_of_work.h"

namespace sluice::script {
namespace {

using Clock = Deadline::Clock;

// A run that was queued behind one that killed its host goes to another host, this often at most.
// One behind a host that retired is not counted: that bounds itself, each time another has been
// run.
constexpr int kMaxAttempts = 4;
constexpr std::size_t kWokenAtOnce = 16;
// The heads of so many scripts: of a few it may be that they cannot go on where others can.
constexpr std::size_t kLookedAt = 64;
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
    const Origin& origin = event.call.request.origin;
    if (origin.depth >= limits.depth) {
        co_return fail(Error(ErrorKind::Internal, "Scripts called each other more than " +
                                                      std::to_string(limits.depth) +
                                                      " deep, which is the limit.")
                           .with_context(R"({"reason":"script_limit_depth"})"));
    }
    const bool is_in_transaction = UnitOfWork::is_any_open(origin.unit.get());
    Want want{{script, event.call.principal},
              origin.depth + (is_in_transaction ? kInTransaction : 0)};
    for (int deaths = 0; deaths < kMaxAttempts;) {
        bool leads = false;
        Result<std::shared_ptr<Host>> host = co_await acquire(want, origin.deadline, leads);
        RunEnd end{false, fail(ErrorKind::ServiceUnavailable, ""), false};
        if (host) {
            end = co_await (*host)->run(script, limits, event, want.depth, is_fast(want));
        }
        if (leads) {
            on_trial_.erase(script->hash);
        }
        if (end.was_started && !script->is_strict) {
            // A run that costs its host takes as long as the next one needs to start.
            const auto duration =
                end.result && !end.cost_its_host ? end.result->duration : pace_.too_long();
            pace_.record(script->hash, duration, end.called_back);
        }
        wake_waiting();
        if (!host) {
            co_return fail(std::move(host).error());
        }
        if (end.was_started) {
            co_return std::move(end.result);
        }
        want.was_sent = want.was_sent || end.was_taken_back;
        deaths += end.was_taken_back ? 0 : 1;
    }
    co_return fail(ErrorKind::ServiceUnavailable, "Script '" + script->name +
                                                      "' could not be started: its hosts died "
                                                      "before they came to it.");
}

Task<Result<std::optional<std::string>>> Pool::check(ScriptRef script, Deadline deadline) {
    Call call;
    call.request.origin.deadline = deadline;
    call.principal = std::make_shared<Principal>();
    const Want want{{script, call.principal}, 0, true};
    bool leads = false;
    const Result<std::shared_ptr<Host>> host = co_await acquire(want, deadline, leads);
    if (!host) {
        co_return fail(ErrorKind::ServiceUnavailable,
                       "no host for " + settings_.host.engine + " scripts is free");
    }
    Limits limits = effective_limits(*script, Stage::PreProcess, settings_.limits);
    limits.wall = std::min(limits.wall, kCheckTime);
    const Event event{Stage::PreProcess, "", call, call.request, nullptr};
    RunEnd end = co_await (*host)->check(std::move(script), limits, event);
    wake_waiting();
    CO_TRY(const Outcome outcome, std::move(end.result));
    co_return outcome.raised ? std::optional(outcome.raised->message()) : std::nullopt;
}

// Of these, one run at a time is watched until it is known whether the script is fast. A nested
// call is not: the run that is on trial may be its own caller.
bool Pool::is_tried(const Want& want) const {
    return want.depth == 0 && !want.is_check && !want.tenant.script->is_strict &&
           pace_.is_undecided(want.tenant.script->hash);
}

// The others wait for the verdict instead of starting a host each.
bool Pool::awaits_verdict(const Want& want) const {
    if (!is_tried(want)) {
        return false;
    }
    const auto trial = on_trial_.find(want.tenant.script->hash);
    return trial != on_trial_.end() && Clock::now() - trial->second <= pace_.too_long();
}

// A host for a run now, or none. Starts another ahead of need. `leads`: the script is on trial, the
// caller ends that.
std::shared_ptr<Host> Pool::claim(const Want& want, bool& leads) {
    std::shared_ptr<Host> host = choose(want);
    if (!host) {
        return nullptr;
    }
    neighbours_.note(want.tenant.script, Clock::now());
    leads = is_tried(want) && on_trial_.try_emplace(want.tenant.script->hash, Clock::now()).second;
    const bool takes_the_last = count(HostState::Idle) <= 1 && count(HostState::Starting) == 0;
    if (takes_the_last && !want.is_check && !is_fast(want) && may_start(0)) {
        start_host();  // the next run should not wait for a start either
    }
    return host;
}

Task<Result<std::shared_ptr<Host>>> Pool::acquire(const Want& want,
                                                  Deadline deadline,
                                                  bool& leads) {
    if (line_.size() >= kMaxWaiting && want.depth == 0 && !want.was_sent) {
        co_return fail(ErrorKind::ServiceUnavailable,
                       "Too many calls wait for " + settings_.host.engine + " scripts already.");
    }
    // Those who wait already come first, except for deeper calls: others wait for them.
    if (!is_stopped_ && want.depth > line_.deepest()) {
        if (std::shared_ptr<Host> host = claim(want, leads)) {
            co_return host;
        }
    }
    Line::Place place(executor_, want);
    line_.join(place);
    Result<std::shared_ptr<Host>> host = co_await wait_in_line(place, deadline, leads);
    line_.leave(place, host.has_value());
    co_return host;
}

Task<Result<std::shared_ptr<Host>>> Pool::wait_in_line(Line::Place& place,
                                                       Deadline deadline,
                                                       bool& leads) {
    for (;;) {
        if (is_stopped_) {
            co_return fail(ErrorKind::ServiceUnavailable, "The server is shutting down.");
        }
        if (is_broken()) {
            co_return fail(ErrorKind::ServiceUnavailable,
                           "Scripting with " + settings_.host.engine +
                               " is not available: its interpreter does not start.");
        }
        start_for(place.want);
        const bool is_its_turn =
            co_await place.signal.wait_until(deadline.within(settings_.host.boot_time));
        if (is_its_turn && !is_stopped_) {
            if (std::shared_ptr<Host> host = claim(place.want, leads)) {
                co_return host;
            }
        }
        if (!is_its_turn && deadline.has_passed()) {
            co_return fail(ErrorKind::ServiceUnavailable,
                           "All hosts for " + settings_.host.engine +
                               " scripts are busy; none became free in time.");
        }
    }
}

// Nothing may be queued behind a strict run.
bool Pool::is_fast(const Want& want) const {
    const Script& script = *want.tenant.script;
    return !want.is_check && !script.is_strict && pace_.is_fast(script.hash);
}

// In turn those who could go on now. They take their hosts themselves, in the same order, so some
// may find none left.
void Pool::wake_waiting() {
    if (line_.size() == 0) {
        return;
    }
    const bool is_hopeless = is_stopped_ || is_broken();
    std::size_t woken = 0;
    for (Line::Place* place : line_.next(kLookedAt)) {
        if (is_hopeless || choose(place->want)) {
            place->signal.set();
            if (++woken == kWokenAtOnce && !is_stopped_) {
                return;
            }
        } else {
            start_for(place->want);
        }
    }
}

}  // namespace sluice::script
