// A Pool's hosts: which to take, when to start another, what becomes of those nobody needs.

#include <algorithm>

#include "core/log.h"
#include "script/pool.h"

namespace sluice::script {
namespace {

using Clock = Deadline::Clock;

// After this many failures to boot in a row, runs are refused until kBrokenTime has passed.
constexpr int kMaxBootFailures = 5;
constexpr std::chrono::milliseconds kFirstBackOff{100};
constexpr std::chrono::milliseconds kLongestBackOff{1000};
constexpr std::chrono::milliseconds kBrokenTime{10'000};
// A host beyond the most that there may be stays no longer than a burst of nested calls may pause.
constexpr std::chrono::milliseconds kExtraIdleTime{1000};

std::chrono::milliseconds back_off(int failures) {
    const auto doubled = kFirstBackOff * (1 << std::min(failures - 1, 4));
    return failures >= kMaxBootFailures
               ? kBrokenTime
               : std::min<std::chrono::milliseconds>(doubled, kLongestBackOff);
}

}  // namespace

std::shared_ptr<Host> Pool::choose(const Want& want) const {
    if (awaits_verdict(want) || holds_its_share(want)) {
        return nullptr;
    }
    const bool joins = want.depth == 0 && is_fast(want);
    std::shared_ptr<Host> best;
    for (const std::shared_ptr<Host>& host : hosts_) {
        if (host->state() == HostState::Idle) {
            const bool fits = !want.tenant.script->is_strict || host->is_fresh();
            best = best || !fits ? best : host;
        } else if (joins && may_join(*host, want)) {
            // A running host is warm in the cache and answers several in one write.
            return host;
        }
    }
    return best && may_take(want.depth) ? best : nullptr;
}

bool Pool::may_join(const Host& host, const Want& want) const {
    if (host.state() != HostState::Running || !host.is_all_fast() ||
        host.in_flight() >= settings_.max_depth) {
        return false;
    }
    // It must come to an end for those who cannot join.
    return settings_.is_sandboxed ||
           (host.works_for(want.tenant) &&
            (host.sent_in_a_row() < settings_.max_depth || !line_.has_other_tenant(want.tenant)));
}

// A slow script leaves a host to the others, where there is more than one. Calls that scripts made
// are never held up so: others wait for them.
bool Pool::holds_its_share(const Want& want) const {
    const Script& script = *want.tenant.script;
    if (want.depth > 0 || hosts_.size() + 1 < settings_.max_hosts || settings_.max_hosts < 2) {
        return false;
    }
    const auto trial = on_trial_.find(script.hash);
    const bool is_long_on_trial =
        trial != on_trial_.end() && Clock::now() - trial->second > pace_.too_long();
    if (!script.is_strict && !pace_.is_slow(script.hash) && !is_long_on_trial) {
        return false;
    }
    const auto held = static_cast<std::size_t>(std::ranges::count_if(
        hosts_, [&script](const auto& host) { return host->works_for(script); }));
    return held + 1 >= settings_.max_hosts &&
           (line_.has_other_script(script) || neighbours_.has_other(script, Clock::now()));
}

// Those of runs as deep as `level` or less, and those of runs in a transaction; or of these alone.
std::size_t Pool::held_up_to(int level, bool in_transaction) const {
    return static_cast<std::size_t>(std::ranges::count_if(hosts_, [&](const auto& host) {
        const int depth = host->depth();
        return host->in_flight() > 0 &&
               (in_transaction ? depth >= kInTransaction && depth - kInTransaction <= level
                               : depth >= kInTransaction || depth <= level);
    }));
}

// Runs as deep as `depth` or less hold at most `max_hosts + depth` hosts, at each depth. So the
// deepest that wait always find one in the end: who waits for them holds less than there may be.
// Others may wait in the database for those in a transaction, which have as many for themselves.
bool Pool::may_take(int depth) const {
    const int deepest = settings_.limits.ceiling.depth;
    if (held_up_to(deepest, false) < settings_.max_hosts) {
        return true;
    }
    const bool in_transaction = depth >= kInTransaction;
    for (int level = depth - (in_transaction ? kInTransaction : 0); level <= deepest; ++level) {
        if (held_up_to(level, in_transaction) >=
            settings_.max_hosts + static_cast<std::size_t>(level)) {
            return false;
        }
    }
    return true;
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

bool Pool::is_broken() const {
    return boot_failures_ >= kMaxBootFailures && Clock::now() < may_boot_at_ && hosts_.empty();
}

bool Pool::may_start(int depth) const {
    if (Clock::now() < may_boot_at_) {
        return false;
    }
    if (depth < kInTransaction) {
        return hosts_.size() < settings_.max_hosts + static_cast<std::size_t>(depth);
    }
    return hosts_.size() < settings_.max_hosts ||
           (may_take(depth) && count(HostState::Idle) + count(HostState::Starting) == 0);
}

// Some host works through fast runs and will be empty before another could be started.
bool Pool::is_soon_free() const {
    return line_.size() < settings_.max_depth &&
           std::ranges::any_of(hosts_, [this](const auto& host) {
               return host->state() == HostState::Running && host->is_all_fast() &&
                      Clock::now() - host->head_since() < pace_.too_long();
           });
}

// For one that waits: another host, when that helps and may be.
void Pool::start_for(const Want& want) {
    if (awaits_verdict(want) || holds_its_share(want)) {
        return;
    }
    // Of an undecided script nobody runs yet: one host will do for all who wait for it, however
    // long it takes to start.
    if (is_tried(want) && !on_trial_.contains(want.tenant.script->hash) &&
        (!line_.is_first_of_its_script(want) ||
         count(HostState::Starting) + count(HostState::Idle) >= line_.scripts())) {
        return;
    }
    if (want.tenant.script->is_strict && count(HostState::Starting) == 0) {
        make_room();
    }
    if (may_start(want.depth) && count(HostState::Starting) < line_.size() &&
        !(want.depth == 0 && is_fast(want) && is_soon_free())) {
        start_host();
    }
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
        if (was_wanted && !is_stopped_ && hosts_.empty() && may_start(0)) {
            start_host();
        }
    } else if (host.state() == HostState::Idle && host.has_booted()) {
        boot_failures_ = 0;
    }
    wake_waiting();
}

std::size_t Pool::count(HostState state) const {
    return static_cast<std::size_t>(std::ranges::count_if(
        hosts_, [state](const auto& host) { return host->state() == state; }));
}

void Pool::warm() {
    if (hosts_.empty() && may_start(0)) {
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
        const auto most =
            hosts_.size() > settings_.max_hosts ? kExtraIdleTime : settings_.idle_time;
        if ((idle > 1 || hosts_.size() > settings_.max_hosts) && host->state() == HostState::Idle &&
            now - host->idle_since() > most) {
            host->retire();
            --idle;
        }
    }
    wake_waiting();  // a back-off may be over
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
    for (Line::Place* place : line_.next(line_.size())) {
        place->signal.set();
    }
}

bool Pool::is_busy() const {
    return line_.size() > 0 || hosts_.size() > 1 ||
           std::ranges::any_of(hosts_,
                               [](const auto& host) { return host->state() != HostState::Idle; });
}

bool Pool::is_watched() const {
    return !settings_.is_sandboxed &&
           std::ranges::any_of(hosts_, [](const auto& host) { return !host->is_fresh(); });
}

}  // namespace sluice::script
