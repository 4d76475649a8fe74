#include "app/status.h"

#include "core/json.h"
#include "pipeline/api_index.h"

namespace sluice::app {
namespace {

struct UserFacts {
    std::int64_t users = 0;
    std::int64_t admins = 0;
    /// UTC, "2026-11-21 08:50:20"; empty: none has logged in yet.
    std::string last_admin_login;
};

Result<UserFacts> read_user_facts(store::Tables& tables) {
    UserFacts facts;
    SLUICE_TRY(facts.users, tables.users.count("is_sys_admin", false));
    SLUICE_TRY(facts.admins, tables.users.count("is_sys_admin", true));
    SLUICE_TRY(facts.last_admin_login,
               tables.users.latest("last_login_date", "is_sys_admin", true));
    return facts;
}

// As the client sees this server; a proxy that ends TLS is not seen through.
json::value uri_of(const Shared& shared, const Request& request) {
    const std::string* host = request.headers.find("host");
    if (host == nullptr || host->empty()) {
        return nullptr;
    }
    return json::value((shared.options.tls_certificate.empty() ? "http://" : "https://") + *host);
}

Task<Response> answer_status(const Shared& shared, const Request& request) {
    const store::SnapshotRef snapshot = shared.store.snapshot();
    const Result<UserFacts> facts = co_await shared.store.read(&read_user_facts);
    if (!facts) {
        co_return Response::from(facts.error());
    }
    const json::value last_admin_login = facts->last_admin_login.empty()
                                             ? json::value(nullptr)
                                             : json::value(facts->last_admin_login);
    json::array engines;
    for (const script::EngineDescription& engine : script::describe_engines(shared.engines)) {
        engines.push_back(json::object{{"name", engine.name}, {"available", engine.is_available}});
    }
    const json::object status{
        {"status", "ready"},
        {"uri", uri_of(shared, request)},
        {"version", kVersion},
        {"managed", false},
        {"demo", false},
        {"license", "OPEN SOURCE"},
        {"host_os", "Linux"},
        {"last_admin_login", last_admin_login},
        {"resources", json::object{{"app", snapshot->apps_by_id.size()},
                                   {"admin", facts->admins},
                                   {"user", facts->users},
                                   {"service", snapshot->services_by_name.size()},
                                   {"role", snapshot->roles_by_id.size()}}},
        {"engines", std::move(engines)},
        {"script_isolation", shared.engines.places.isolation.name()},
    };
    co_return Response::json(json::serialize(status));
}

// The names of scripts and services are nobody's business but the operator's.
bool is_local(std::string_view address) {
    return address.starts_with("127.") || address == "::1" || address.starts_with("::ffff:127.");
}

// Behind a proxy on this machine everybody comes from this machine.
bool was_forwarded(const Headers& headers) {
    return headers.contains("forwarded") || headers.contains("x-forwarded-for") ||
           headers.contains("x-real-ip");
}

bool is_admin(const Result<PrincipalRef>& caller) {
    return caller && (*caller)->user && (*caller)->user->is_sys_admin;
}

Response metrics_of(const Shared& shared) {
    Response response;
    response.content_type = "text/plain; version=0.0.4; charset=utf-8";
    response.content = shared.engines.runs->to_metrics();
    return response;
}

}  // namespace

Task<std::optional<Response>> answer_outside_api(const Shared& shared,
                                                 access::Authenticator& authenticator,
                                                 const Request& request) {
    if (request.path != "/status" && request.path != "/metrics") {
        co_return std::nullopt;
    }
    if (request.verb != Verb::Get) {
        co_return pipeline::only_get(request);
    }
    if (request.path == "/status") {
        co_return co_await answer_status(shared, request);
    }
    if (is_local(request.origin.client_address) && !was_forwarded(request.headers)) {
        co_return metrics_of(shared);
    }
    const Result<PrincipalRef> caller = co_await authenticator.authenticate(request);
    if (!is_admin(caller)) {
        co_return Response::from(
            Error(ErrorKind::Forbidden,
                  "Metrics are served to this machine and to administrators only."));
    }
    co_return metrics_of(shared);
}

std::string platform_config(const Options& options, bool is_sandboxed) {
    json::object settings{{"version", kVersion},
                          {"api_version", "2.0"},
                          {"always_wrap_resources", true},
                          {"resources_wrapper", "resource"}};
    if (!is_sandboxed) {
        settings["storage_path"] = options.data_folder;
    }
    json::object config = settings;
    config["df"] = std::move(settings);
    return json::serialize(config);
}

}  // namespace sluice::app
