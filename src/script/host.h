#pragma once
/// One host process: its frames, its runs in flight, its end.
/// Contract: hosts/PROTOCOL.md. Design: docs/adr/0005-hosts-as-processes.md.

#include <deque>
#include <functional>
#include <memory>
#include <string>
#include <unordered_set>
#include <vector>

#include "core/ports.h"
#include "script/host_state.h"
#include "script/host_tenant.h"
#include "script/idle_watch.h"
#include "script/run_numbers.h"

namespace sluice::script {

struct HostSettings {
    std::string engine;
    std::vector<std::string> arguments;
    std::vector<std::string> environment;
    /// `platform.config` as JSON text.
    std::string config_json = "{}";
    std::int64_t memory_bytes = 0;
    /// How long it may take to answer the setup.
    std::chrono::milliseconds boot_time{5000};
};

/// How a run on one host ended.
struct RunEnd {
    /// False: the host ended before it came to this run, which may go to another host.
    bool was_started = true;
    Result<Outcome> result;
    /// It called `platform.api`.
    bool called_back = false;
    /// It was not started because its host retired before: nobody's fault.
    bool was_taken_back = false;
    /// Its host retired after it, and was not worn yet.
    bool cost_its_host = false;
};

/// Threads: one shard. Owned by its pool and, while it lives, by its own coroutines.
class Host : public std::enable_shared_from_this<Host> {
public:
    /// Starts the process; `on_change` is called whenever state or load changed.
    /// Errors: ServiceUnavailable.
    static Result<std::shared_ptr<Host>> start(Executor executor,
                                               HostSettings settings,
                                               Handler handler,
                                               std::function<void(Host&)> on_change);
    ~Host();
    Host(const Host&) = delete;
    Host& operator=(const Host&) = delete;

    /// Queues the run behind those in flight and waits for its end. `fast` says that others may
    /// be queued behind it. A strict script's run is the host's last.
    /// `depth` is that of its Want.
    Task<RunEnd> run(ScriptRef script, Limits limits, const Event& event, int depth, bool fast);

    /// Has the text compiled and no more: what is wrong with it is in `raised`.
    Task<RunEnd> check(ScriptRef script, Limits limits, const Event& event);

    /// Kills the host when the run at its head is over its time, or when it uses the processor
    /// without one.
    void end_overdue(Deadline::Clock::time_point now);
    /// No further runs; ends when those in flight are done.
    void retire();
    /// Ends it now; runs in flight fail.
    void kill(std::string_view why);

    HostState state() const { return state_; }
    std::size_t in_flight() const { return flights_.size(); }
    /// The run at its head is this tenant's, and so are all in flight in an engine that is no
    /// sandbox.
    bool works_for(const Tenant& tenant) const;
    bool works_for(const Script& script) const;
    /// Of the run at its head, as it was sent.
    int depth() const;
    /// When the run at its head came there.
    Deadline::Clock::time_point head_since() const;
    /// Runs sent since it was last empty.
    std::size_t sent_in_a_row() const { return sent_in_a_row_; }
    /// Nothing has run in it.
    bool is_fresh() const { return runs_sent_ == 0; }
    /// All runs in flight are of scripts known to be fast; also when there are none.
    bool is_all_fast() const;
    /// It once answered the setup: its death is no failure to boot.
    bool has_booted() const { return has_booted_; }
    Deadline::Clock::time_point idle_since() const { return idle_since_; }
    pid_t pid() const;

private:
    struct Flight;
    struct Channel;

    Host(Executor executor,
         HostSettings settings,
         Handler handler,
         std::function<void(Host&)> on_change);

    static Task<void> read_frames(std::shared_ptr<Host> self);
    static Task<void> write_frames(std::shared_ptr<Host> self);
    static Task<void> read_output(std::shared_ptr<Host> self);
    static Task<void> reap(std::shared_ptr<Host> self);
    static Task<void> answer_call(std::shared_ptr<Host> self,
                                  std::uint64_t run,
                                  std::int64_t call,
                                  Request request);

    Task<void> wait_for(Flight& flight);
    Status on_frame(const struct Frame& frame);
    Status on_hello(const struct Frame& frame);
    Status on_done(const struct Frame& frame);
    void give_back();
    Status on_call(const struct Frame& frame);
    Status on_log(const struct Frame& frame);
    bool may_log(std::size_t bytes);
    void on_output(std::string_view line);
    void take_output(std::string_view bytes);
    void read_last_output();
    Error out_of_memory(const Flight& flight) const;
    std::string own_name() const;
    std::string name_of_run(const Flight* flight) const;
    std::string where(const Flight* flight) const;
    static std::string_view request_id_of(const Flight* flight);
    void end_when_over_cpu(Flight& flight);
    void end_when_working_idly(Deadline::Clock::time_point now);
    void load_when_new(const Script& script);
    void refuse_call(std::uint64_t run, std::int64_t call, const Error& error);
    void send_soon();
    void enter(HostEvent event);
    void die(std::string_view why);

    Executor executor_;
    HostSettings settings_;
    Handler handler_;
    std::function<void(Host&)> on_change_;
    std::unique_ptr<Channel> channel_;
    HostState state_ = HostState::Starting;
    bool has_booted_ = false;
    /// It ends a run at its wall limit by itself and lives on.
    bool interrupts_ = false;
    /// It said so on stderr before it died.
    bool is_out_of_memory_ = false;
    /// Its run takes long: it was moved out of the way (script/priority.h).
    bool is_aside_ = false;
    RunNumbers numbers_;
    std::uint64_t runs_sent_ = 0;
    /// Bytes since the last run was done.
    std::int64_t logged_ = 0;
    /// Of the last run that was done, for what happens after it.
    ScriptRef last_script_;
    IdleWatch idle_watch_;
    std::size_t sent_in_a_row_ = 0;
    std::deque<Flight*> flights_;
    std::unordered_set<std::string> loaded_;
    std::deque<std::string> loaded_order_;
    Deadline boot_deadline_;
    Deadline::Clock::time_point idle_since_ = Deadline::Clock::now();
};

}  // namespace sluice::script
