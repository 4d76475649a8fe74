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

std::chrono::milliseconds back_off(int failures) {
    const auto doubled = kFirstBackOff * (1 << std::min(failures - 1, 4));
    return failures >= kMaxBootFailures
               ? kBrokenTime
               : std::min<std::chrono::milliseconds>(doubled, kLongestBackOff);
}

}  // namespace

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

bool Pool::is_broken() const {
    return boot_failures_ >= kMaxBootFailures && Clock::now() < may_boot_at_ && hosts_.empty();
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
