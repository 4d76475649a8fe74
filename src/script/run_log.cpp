#include "script/run_log.h"

#include <algorithm>

namespace sluice::script {
namespace {

// So that no two starts of a server give the same id: none gives a million a second.
RunId first_id() {
    return static_cast<RunId>(std::chrono::duration_cast<std::chrono::microseconds>(
                                  std::chrono::system_clock::now().time_since_epoch())
                                  .count());
}

bool is_notable(const RunRecord& run) {
    return run.outcome != RunOutcome::Ok || std::ranges::any_of(run.lines, [](const RunLine& line) {
               return line.level >= log::Level::Warn;
           });
}

}  // namespace

RunLog::RunLog(RunLogSettings settings) : settings_(settings), next_id_(first_id()) {}

std::shared_ptr<RunRecord> RunLog::begin(ScriptRef script, const Event& event) {
    const std::shared_ptr<RunRecord> run(new RunRecord,
                                         [log = shared_from_this()](RunRecord* ended) {
                                             log->keep(std::unique_ptr<RunRecord>(ended));
                                         });
    const Request& request = event.request;
    const Principal& caller = *event.call.principal;
    run->id = next_id_.fetch_add(1, std::memory_order_relaxed);
    run->parent = request.origin.run;
    run->script = std::move(script);
    run->stage = event.stage;
    run->verb = request.verb;
    run->path = request.path;
    run->request_id = request.origin.request_id;
    if (caller.user) {
        run->user = caller.user->id;
    }
    if (caller.app) {
        run->app = caller.app->id;
    }
    run->began = std::chrono::system_clock::now();
    run->began_at = RunRecord::Clock::now();
    return run;
}

void RunLog::keep(std::unique_ptr<RunRecord> record) {
    counts_.add({record->script->name, record->script->engine, record->outcome != RunOutcome::Ok,
                 record->duration, record->cpu});
    const std::size_t bytes = record->bytes();
    RunRecord& run = *record;
    KeptRun kept = std::move(record);
    std::vector<KeptRun> gone;
    {
        const std::lock_guard lock(mutex_);
        run.place = ++last_place_;
        recent_.push_back(std::move(kept));
        bytes_ += bytes;
        make_room(gone);
    }
}

void RunLog::let_go(Kept& runs, std::vector<KeptRun>& gone) {
    bytes_ -= runs.front()->bytes();
    gone.push_back(std::move(runs.front()));
    runs.pop_front();
}

void RunLog::make_room(std::vector<KeptRun>& gone) {
    while (recent_.size() > settings_.most_runs) {
        if (!is_notable(*recent_.front())) {
            let_go(recent_, gone);
            continue;
        }
        notable_.push_back(std::move(recent_.front()));
        recent_.pop_front();
        if (notable_.size() > settings_.most_notable) {
            let_go(notable_, gone);
        }
    }
    while (bytes_ > settings_.most_bytes && recent_.size() > 1) {
        let_go(notable_.empty() ? recent_ : notable_, gone);
    }
}

std::vector<KeptRun> RunLog::page(const RunQuery& query) const {
    std::vector<KeptRun> found;
    const std::lock_guard lock(mutex_);
    bool has_passed = query.before == kNoRun;
    for (const Kept* runs : {&recent_, &notable_}) {
        for (auto run = runs->rbegin(); run != runs->rend() && found.size() < query.limit; ++run) {
            if (has_passed && query.asks_for(**run)) {
                found.push_back(*run);
            }
            has_passed = has_passed || (*run)->id == query.before;
        }
    }
    return found;
}

KeptRun RunLog::find(RunId id) const {
    const std::lock_guard lock(mutex_);
    for (const Kept* runs : {&recent_, &notable_}) {
        const auto found = std::ranges::find(*runs, id, &RunRecord::id);
        if (found != runs->end()) {
            return *found;
        }
    }
    return nullptr;
}

std::vector<KeptRun> RunLog::behind(std::uint64_t place, std::size_t most) const {
    const std::lock_guard lock(mutex_);
    auto run = std::ranges::upper_bound(recent_, place, {}, &RunRecord::place);
    const auto left = static_cast<std::size_t>(recent_.end() - run);
    return {run, run + static_cast<std::ptrdiff_t>(std::min(most, left))};
}

std::uint64_t RunLog::last_place() const {
    const std::lock_guard lock(mutex_);
    return last_place_;
}

}  // namespace sluice::script
