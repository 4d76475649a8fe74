#pragma once
/// One run of a script, as administrators see it. Source: docs/reference/script-runs.md.

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "core/error.h"
#include "core/event.h"
#include "core/log.h"

namespace sluice {

/// Raised: the script threw. Failed: it was ended, or could not be run.
enum class RunOutcome { Ok, Raised, Failed };

/// "ok", "raised", "failed".
std::string_view name_of(RunOutcome outcome);

struct RunLine {
    /// Since the run began.
    std::chrono::microseconds at{0};
    log::Level level = log::Level::Info;
    std::string text;
};

/// Filled while the run goes on, by the shard that runs it; never changed once it is kept.
struct RunRecord {
    using Clock = std::chrono::steady_clock;

    RunId id = kNoRun;
    /// The run whose call fired this one's event.
    RunId parent = kNoRun;
    /// In the order in which runs ended.
    std::uint64_t place = 0;
    ScriptRef script;
    Stage stage = Stage::PreProcess;
    Verb verb = Verb::Get;
    /// Of the call, without its query: that may hold keys.
    std::string path;
    std::string request_id;
    std::optional<std::int64_t> user;
    std::optional<std::int64_t> app;
    std::chrono::system_clock::time_point began;
    Clock::time_point began_at;
    /// For a host.
    std::chrono::microseconds waited{0};
    std::chrono::microseconds duration{0};
    /// Of the host's process, while the run was its own.
    std::chrono::microseconds cpu{0};
    int api_calls = 0;
    RunOutcome outcome = RunOutcome::Ok;
    std::optional<Error> error;
    std::vector<RunLine> lines;
    /// Lines past the bounds.
    std::size_t lines_lost = 0;

    /// Lines that one run keeps, and their bytes.
    static constexpr std::size_t kMostLines = 200;
    static constexpr std::size_t kMostLineBytes = 64UL * 1024;

    void add_line(log::Level level, std::string text);
    void fail_with(RunOutcome how, const Error& why);
    /// Memory that it takes, about.
    std::size_t bytes() const;

private:
    std::size_t line_bytes_ = 0;
};
/// What is kept.
using KeptRun = std::shared_ptr<const RunRecord>;

/// Unset members ask for nothing.
struct RunQuery {
    std::string script{};
    std::string engine{};
    std::string request_id{};
    std::optional<RunOutcome> outcome{};
    /// Only those that ended before this one did.
    RunId before = kNoRun;
    std::size_t limit = 100;

    /// Whether it is asked for by what it is, wherever it stands.
    bool asks_for(const RunRecord& run) const;
};

/// All runs of one script in one engine, since the server started.
struct RunSummary {
    std::string script;
    std::string engine;
    std::uint64_t count = 0;
    std::uint64_t errors = 0;
    std::chrono::microseconds p50{0};
    std::chrono::microseconds p99{0};
    std::chrono::microseconds cpu{0};
};

/// What is known of runs that have ended. Threads: any.
class RunHistory {
public:
    virtual ~RunHistory() = default;
    /// The latest first.
    virtual std::vector<KeptRun> page(const RunQuery& query) const = 0;
    /// Null when it is not kept, or not over.
    virtual KeptRun find(RunId id) const = 0;
    /// What ended behind that place, the earliest first.
    virtual std::vector<KeptRun> behind(std::uint64_t place, std::size_t most) const = 0;
    /// Of the run that ended last; 0 before any did.
    virtual std::uint64_t last_place() const = 0;
    virtual std::vector<RunSummary> summaries() const = 0;
    /// The server shuts down: nobody should wait for more.
    virtual bool is_closed() const = 0;
};

}  // namespace sluice
