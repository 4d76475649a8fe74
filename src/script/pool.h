#pragma once
/// The hosts of one engine on one shard: who runs what, spares, back-off, replacement.
/// Design: docs/adr/0005-hosts-as-processes.md.

#include <memory>
#include <string>
#include <unordered_map>
#include <vector>

#include "core/async.h"
#include "core/ports.h"
#include "script/host.h"
#include "script/limits.h"
#include "script/pace.h"
#include "script/pool_line.h"
#include "script/pool_neighbours.h"

namespace sluice::script {

struct PoolSettings {
    HostSettings host;
    LimitSettings limits;
    /// Runs of several scripts and callers may be in flight on one host: no script of the engine
    /// can reach the host's own descriptors.
    bool is_sandboxed = false;
    /// Hosts at a time. A call that a script made may have one more for each script above it, so
    /// that calls of scripts by scripts cannot wait for each other without end; runs in a
    /// transaction, which others may wait for, may have as many again.
    std::size_t max_hosts = 8;
    /// Runs in flight on a host, when all their scripts are known to be fast.
    // 64: with 16 a crowd of 64 clients spread over four hosts of one core, which costs switches
    // and cold caches; a deep queue of fast runs is answered in the same few writes.
    std::size_t max_depth = 64;
    std::chrono::milliseconds idle_time{60'000};
    /// What counts as a fast script (script/pace.h).
    std::chrono::microseconds fast_time = Pace::kFast;
};

/// Threads: one shard.
class Pool {
public:
    Pool(Executor executor, PoolSettings settings, Handler handler);

    /// Errors: as core/ports.h, RunScript.
    Task<Result<Outcome>> run(ScriptRef script, const Event& event);

    /// Has a text compiled on a host that is free: what is wrong with it, in the engine's words;
    /// nothing when it is fine.
    /// Errors: ServiceUnavailable when no host becomes free until `deadline`, and those of a run.
    Task<Result<std::optional<std::string>>> check(ScriptRef script, Deadline deadline);

    /// Starts the first host if there is none, so that the first run does not wait for it.
    void warm();
    /// Ends what is overdue and hosts that nobody needed for long. Called every few milliseconds
    /// while `is_busy`.
    void tend(Deadline::Clock::time_point now);
    void stop();

    /// Something is in flight, starting or waiting.
    bool is_busy() const;
    /// Scripts that had the reach of their process have run in a host that is still there.
    bool is_watched() const;
    std::size_t host_count() const { return hosts_.size(); }

private:
    Task<Result<std::shared_ptr<Host>>> acquire(const Want& want, Deadline deadline, bool& leads);
    Task<Result<std::shared_ptr<Host>>> wait_in_line(Line::Place& place,
                                                     Deadline deadline,
                                                     bool& leads);
    std::shared_ptr<Host> claim(const Want& want, bool& leads);
    std::shared_ptr<Host> choose(const Want& want) const;
    bool may_join(const Host& host, const Want& want) const;
    std::size_t held_up_to(int level, bool in_transaction) const;
    bool may_take(int depth) const;
    bool is_tried(const Want& want) const;
    bool awaits_verdict(const Want& want) const;
    bool is_fast(const Want& want) const;
    bool holds_its_share(const Want& want) const;
    void make_room();
    /// Its interpreter does not start, and it is not yet time to try again.
    bool is_broken() const;
    bool may_start(int depth) const;
    bool is_soon_free() const;
    void start_for(const Want& want);
    void start_host();
    void on_change(Host& host);
    void wake_waiting();
    std::size_t count(HostState state) const;

    Executor executor_;
    PoolSettings settings_;
    Handler handler_;
    Pace pace_;
    std::vector<std::shared_ptr<Host>> hosts_;
    Line line_;
    Neighbours neighbours_;
    /// Undecided scripts of which one run leads, and since when; the others of the same script wait
    /// for it, unless it takes too long to be a fast one.
    std::unordered_map<std::string, Deadline::Clock::time_point> on_trial_;
    bool is_stopped_ = false;

    /// Failures to boot in a row, and until when no new host is tried.
    int boot_failures_ = 0;
    Deadline::Clock::time_point may_boot_at_{};
};

}  // namespace sluice::script
