#include "script/engines.h"

#include <algorithm>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>

#include "core/log.h"

namespace sluice::script {
namespace {

// How far past its wall limit a script may run before it is noticed.
constexpr std::chrono::milliseconds kTendInterval{20};

// How long a host may use the processor for nothing before it is noticed, about twice.
constexpr std::chrono::milliseconds kRestingInterval{1000};

// Names the text in what the engine says of it.
constexpr std::string_view kCheckedName = "script";

const HostKind* find_kind(std::string_view engine) {
    const auto& kinds = host_kinds();
    const auto found = std::ranges::find(kinds, engine, &HostKind::engine);
    return found == kinds.end() ? nullptr : &*found;
}

bool is_disabled(const EngineSettings& settings, std::string_view engine) {
    return std::ranges::any_of(settings.disabled, [engine](const std::string& name) {
        return name == engine || name == "all";
    });
}

int memory_mb_of(const EngineSettings& settings) {
    return static_cast<int>(settings.limits.request.memory_bytes >> 20U);
}

// Some hosts end a run over its limit by themselves, as an exception that no script catches.
RunOutcome outcome_of(const Error& raised) {
    constexpr std::string_view kLimit = R"("reason":"script_limit_)";
    return raised.context().find(kLimit) == std::string_view::npos ? RunOutcome::Raised
                                                                   : RunOutcome::Failed;
}

std::vector<std::string> host_environment(const EngineSettings& settings) {
    // Clean: a stray NODE_EXTRA_CA_CERTS alone doubles the time Node takes to start.
    std::vector<std::string> lines{"LANG=C.UTF-8", "SLUICE_FRAME=json1"};
    if (settings.places.isolation.has_namespaces) {
        lines.insert(lines.end(), {"HOME=/tmp", "TMPDIR=/tmp"});  // its own
    } else {
        lines.emplace_back("HOME=/nonexistent");
    }
    // The machine's, not that of the server's account, whose folders are nobody's business.
    lines.emplace_back("PATH=/usr/local/bin:/usr/bin:/bin");
    lines.push_back("TZ=" + settings.places.environment("TZ").value_or("UTC"));
    lines.insert(lines.end(), settings.environment.begin(), settings.environment.end());
    return lines;
}

}  // namespace

std::vector<EngineDescription> describe_engines(const EngineSettings& settings) {
    std::vector<EngineDescription> engines;
    for (const HostKind& kind : host_kinds()) {
        EngineDescription engine{std::string(kind.engine),
                                 std::string(kind.label),
                                 std::string(kind.description),
                                 kind.is_sandboxed,
                                 false,
                                 ""};
        if (is_disabled(settings, kind.engine)) {
            engine.why = "disabled by configuration";
        } else {
            engine.is_available =
                find_command(kind, settings.places, memory_mb_of(settings), engine.why).has_value();
        }
        engines.push_back(std::move(engine));
    }
    return engines;
}

Engines::Engines(Executor executor, EngineSettings settings, Handler handler)
    : executor_(executor),
      settings_(std::move(settings)),
      handler_(std::move(handler)),
      wake_(executor) {}

Pool* Engines::pool_of(const std::string& engine) {
    if (const auto found = pools_.find(engine); found != pools_.end()) {
        return found->second.get();
    }
    const HostKind* kind = find_kind(engine);
    std::string why;
    const auto command = kind == nullptr || is_disabled(settings_, engine)
                             ? std::nullopt
                             : find_command(*kind, settings_.places, memory_mb_of(settings_), why);
    if (!command) {
        return nullptr;
    }
    PoolSettings pool;
    pool.host.engine = engine;
    pool.host.arguments = command->arguments;
    pool.host.environment = host_environment(settings_);
    pool.host.config_json =
        kind->is_sandboxed ? settings_.sandbox_config_json : settings_.config_json;
    pool.host.fetch = settings_.fetch;
    pool.host.memory_bytes = settings_.limits.request.memory_bytes;
    pool.is_sandboxed = kind->is_sandboxed;
    pool.limits = settings_.limits;
    pool.max_hosts = settings_.max_hosts;
    return pools_.emplace(engine, std::make_unique<Pool>(executor_, std::move(pool), handler_))
        .first->second.get();
}

Task<Result<Outcome>> Engines::run(ScriptRef script, const Event& event) {
    const std::shared_ptr<RunRecord> record = settings_.runs->begin(script, event);
    Result<Outcome> outcome = co_await run_in_pool(std::move(script), event, *record);
    if (!outcome) {
        record->fail_with(RunOutcome::Failed, outcome.error());
    } else {
        if (outcome->raised) {
            record->fail_with(outcome_of(*outcome->raised), *outcome->raised);
        }
        outcome->run = record;
    }
    co_return outcome;
}

Task<Result<Outcome>> Engines::run_in_pool(ScriptRef script,
                                           const Event& event,
                                           RunRecord& record) {
    if (is_disabled(settings_, script->engine)) {
        const bool all = is_disabled(settings_, "all");
        co_return fail(
            ErrorKind::ServiceUnavailable,
            all ? "All scripting is disabled for this instance."
                : "Scripting with " + script->engine + " is disabled for this instance.");
    }
    Pool* pool = pool_of(script->engine);
    if (pool == nullptr) {
        const bool is_refused = settings_.places.isolation.is_refused;
        co_return fail(ErrorKind::ServiceUnavailable,
                       "Scripting with " + script->engine + " is not available on this instance: " +
                           (is_refused ? "the isolation that it requires does not work here."
                                       : "its interpreter is missing."));
    }
    tend_while_busy();
    co_return co_await pool->run(std::move(script), event, record);
}

Task<std::optional<std::string>> Engines::check(std::string engine,
                                                std::string text,
                                                Deadline deadline) {
    Result<std::optional<std::string>> found =
        fail(ErrorKind::ServiceUnavailable, is_disabled(settings_, engine)
                                                ? "the engine is switched off"
                                                : "the engine's interpreter is missing");
    if (Pool* pool = pool_of(engine)) {
        tend_while_busy();
        auto script = std::make_shared<Script>();
        script->name = kCheckedName;
        script->engine = engine;
        script->text = std::move(text);
        found = co_await pool->check(std::move(script), deadline);
    }
    if (found) {
        co_return *found;
    }
    log::warn("script", "a " + engine + " script was saved unchecked: " + found.error().message() +
                            " " + found.error().detail());
    co_return "The text could not be checked: " + found.error().message() + ".";
}

void Engines::warm(const std::string& engine) {
    if (Pool* pool = pool_of(engine)) {
        pool->warm();
        tend_while_busy();
    }
}

void Engines::stop() {
    is_stopped_ = true;
    wake_.set();
    for (const auto& [engine, pool] : pools_) {
        pool->stop();
    }
}

void Engines::tend_while_busy() {
    if (!is_tending_) {
        is_tending_ = true;
        boost::asio::co_spawn(executor_, tend(*this), boost::asio::detached);
    } else if (is_at_rest_) {
        wake_.set();
    }
}

// Runs only while there is something to watch, so that an idle server sleeps, or nearly so while
// there are hosts in which scripts have run.
Task<void> Engines::tend(Engines& self) {
    const auto any = [&self](bool (Pool::*is_so)() const) {
        return std::ranges::any_of(self.pools_,
                                   [is_so](const auto& pool) { return (*pool.second.*is_so)(); });
    };
    self.is_at_rest_ = false;
    while (!self.is_stopped_) {
        co_await self.wake_.wait_until(
            Deadline::after(self.is_at_rest_ ? kRestingInterval : kTendInterval));
        for (const auto& [engine, pool] : self.pools_) {
            pool->tend(Deadline::Clock::now());
        }
        self.is_at_rest_ = !any(&Pool::is_busy);
        if (self.is_at_rest_ && !any(&Pool::is_watched)) {
            break;
        }
    }
    self.is_tending_ = false;
}

}  // namespace sluice::script
