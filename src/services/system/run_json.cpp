#include "services/system/run_json.h"

#include <fmt/chrono.h>
#include <fmt/format.h>

namespace sluice::services::system {
namespace {

// What tells two texts of one script apart, as short as people can compare it.
constexpr std::size_t kVersionDigits = 12;

template <typename Value>
json::value or_null(const std::optional<Value>& value) {
    return value ? json::value(*value) : json::value(nullptr);
}

json::value id_json(RunId id) {
    return id == kNoRun ? json::value(nullptr) : json::value(id);
}

std::string moment(std::chrono::system_clock::time_point at) {
    const auto whole = std::chrono::floor<std::chrono::seconds>(at);
    const auto rest = std::chrono::duration_cast<std::chrono::milliseconds>(at - whole).count();
    return fmt::format("{:%Y-%m-%dT%H:%M:%S}.{:03}Z", fmt::gmtime(whole), rest);
}

std::string_view name_of_level(log::Level level) {
    switch (level) {
        case log::Level::Debug:
            return "debug";
        case log::Level::Info:
            return "info";
        case log::Level::Warn:
            return "warn";
        case log::Level::Error:
            return "error";
    }
    return "";
}

json::value error_json(const std::optional<Error>& error) {
    if (!error) {
        return nullptr;
    }
    json::error_code broken;
    return json::object{{"status_code", error->status()},
                        {"message", error->message()},
                        {"context", json::parse(error->context(), broken)},
                        {"detail", error->detail()}};
}

json::array lines_json(const std::vector<RunLine>& lines) {
    json::array out;
    for (const RunLine& line : lines) {
        out.push_back(json::object{
            {"at_us", line.at.count()}, {"level", name_of_level(line.level)}, {"text", line.text}});
    }
    return out;
}

}  // namespace

json::object run_json(const RunRecord& run, bool has_lines) {
    const std::string_view stage = name_of(run.stage);
    json::object out{{"id", run.id},
                     {"parent_id", id_json(run.parent)},
                     {"script", run.script->name},
                     {"engine", run.script->engine},
                     {"version", run.script->hash.substr(0, kVersionDigits)},
                     {"stage", stage.empty() ? "final" : stage},
                     {"verb", name_of(run.verb)},
                     {"path", run.path},
                     {"request_id", run.request_id},
                     {"user_id", or_null(run.user)},
                     {"app_id", or_null(run.app)},
                     {"began", moment(run.began)},
                     {"waited_us", run.waited.count()},
                     {"duration_us", run.duration.count()},
                     {"cpu_us", run.cpu.count()},
                     {"api_calls", run.api_calls},
                     {"outcome", name_of(run.outcome)},
                     {"error", error_json(run.error)}};
    if (has_lines) {
        out["lines"] = lines_json(run.lines);
    } else {
        out["line_count"] = run.lines.size();
    }
    out["lines_lost"] = run.lines_lost;
    return out;
}

json::object summary_json(const RunSummary& summary) {
    return {{"script", summary.script},      {"engine", summary.engine},
            {"count", summary.count},        {"errors", summary.errors},
            {"p50_us", summary.p50.count()}, {"p99_us", summary.p99.count()},
            {"cpu_us", summary.cpu.count()}};
}

std::string run_event(const RunRecord& run) {
    // JSON has no line feed of its own: one line of data it is.
    return "id: " + std::to_string(run.place) +
           "\nevent: run\ndata: " + json::serialize(run_json(run, true)) + "\n\n";
}

}  // namespace sluice::services::system
