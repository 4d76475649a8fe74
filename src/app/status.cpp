#include "app/status.h"

#include "core/json.h"

namespace sluice::app {
namespace {

Response status_of(const Shared& shared) {
    const store::SnapshotRef snapshot = shared.store.snapshot();
    json::array engines;
    for (const script::EngineDescription& engine : script::describe_engines(shared.engines)) {
        engines.push_back(json::object{{"name", engine.name}, {"available", engine.is_available}});
    }
    const json::object status{
        {"status", "ready"},
        {"version", kVersion},
        {"managed", false},
        {"host_os", "Linux"},
        {"resources", json::object{{"app", snapshot->apps_by_id.size()},
                                   {"service", snapshot->services_by_name.size()},
                                   {"role", snapshot->roles_by_id.size()}}},
        {"engines", std::move(engines)},
    };
    return Response::json(json::serialize(status));
}

}  // namespace

std::optional<Response> answer_outside_api(const Shared& shared, const Request& request) {
    if (request.path == "/status" && request.verb == Verb::Get) {
        return status_of(shared);
    }
    return std::nullopt;
}

std::string platform_config(const Options& options) {
    json::object settings{{"version", kVersion},
                          {"api_version", "2.0"},
                          {"always_wrap_resources", true},
                          {"resources_wrapper", "resource"},
                          {"storage_path", options.data_folder}};
    json::object config = settings;
    config["df"] = std::move(settings);
    return json::serialize(config);
}

}  // namespace sluice::app
