#pragma once
/// The script engines of one shard: the room's whole interface.
/// Contract with the hosts: hosts/PROTOCOL.md.

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "core/async.h"
#include "core/ports.h"
#include "script/host_kinds.h"
#include "script/limits.h"
#include "script/pool.h"
#include "script/run_log.h"

namespace sluice::script {

struct EngineSettings {
    HostPlaces places;
    /// Names that scripts may read from the server's environment, with their values.
    std::vector<std::string> environment;
    std::string config_json = "{}";
    /// The same for the sandbox, which is told nothing of the machine.
    std::string sandbox_config_json = "{}";
    LimitSettings limits;
    std::size_t max_hosts = 8;
    /// Engines switched off by configuration.
    std::vector<std::string> disabled;
    /// For absolute URLs in `platform.api`; unset: scripts call no other servers.
    Fetch fetch;
    /// Of all shards.
    std::shared_ptr<RunLog> runs = std::make_shared<RunLog>();
};

/// One row of `/system/script_type`.
struct EngineDescription {
    std::string name;
    std::string label;
    std::string description;
    bool is_sandboxed = false;
    bool is_available = false;
    /// Why it is not available; for the log and administrators.
    std::string why;
};

/// What this machine can run, without starting anything.
std::vector<EngineDescription> describe_engines(const EngineSettings& settings);

/// Threads: one shard.
class Engines {
public:
    Engines(Executor executor, EngineSettings settings, Handler handler);

    /// The RunScript port. Errors: core/ports.h; BadRequest for an engine nobody knows.
    Task<Result<Outcome>> run(ScriptRef script, const Event& event);
    /// What is wrong with a script's text, in the engine's words, or why it could not be found out;
    /// nothing when it is fine.
    Task<std::optional<std::string>> check(std::string engine, std::string text, Deadline deadline);
    /// Starts a host of `engine` ahead of its first run.
    void warm(const std::string& engine);
    /// Ends all hosts. Runs in flight fail.
    void stop();

private:
    Task<Result<Outcome>> run_in_pool(ScriptRef script, const Event& event, RunRecord& record);
    Pool* pool_of(const std::string& engine);
    void tend_while_busy();
    static Task<void> tend(Engines& self);

    Executor executor_;
    EngineSettings settings_;
    Handler handler_;
    std::map<std::string, std::unique_ptr<Pool>, std::less<>> pools_;
    bool is_tending_ = false;
    /// Tending sleeps longer, as nothing is going on; `wake_` ends that.
    bool is_at_rest_ = false;
    Signal wake_;
    bool is_stopped_ = false;
};

}  // namespace sluice::script
