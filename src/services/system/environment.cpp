#include "services/system/environment.h"

#include <sys/utsname.h>

#include "core/json.h"
#include "services/sql/backend.h"

namespace sluice::services::system {
namespace {

json::object login_at(std::string_view path) {
    return {{"path", path},
            {"verb", "POST"},
            {"payload", {{"email", "string"}, {"password", "string"}, {"remember_me", "bool"}}}};
}

/// The settings of the user service, which say who may register.
json::object user_settings(const store::Snapshot& snapshot) {
    const auto user = snapshot.services_by_name.find("user");
    if (user == snapshot.services_by_name.end()) {
        return {};
    }
    auto config = parse_json(user->second->config, "config");
    return config && config->is_object() ? std::move(config->get_object()) : json::object();
}

json::object authentication(const store::Snapshot& snapshot, bool allows_forever) {
    const json::object settings = user_settings(snapshot);
    const json::value* email = settings.if_contains("open_reg_email_service_id");
    return {{"admin", login_at("system/admin/session")},
            {"user", login_at("user/session")},
            {"oauth", json::array()},
            {"adldap", json::array()},
            {"saml", json::array()},
            {"allow_open_registration", boolean_or(settings, "allow_open_registration", false)},
            {"open_reg_email_service_id", email == nullptr ? json::value(nullptr) : *email},
            {"allow_forever_sessions", allows_forever},
            {"login_attribute", "email"}};
}

json::array apps(const store::Snapshot& snapshot) {
    json::array out;
    for (const auto& [id, app] : snapshot.apps_by_id) {
        if (!app->is_active || app->type == 0) {
            continue;  // nothing to open
        }
        out.push_back({{"id", id},
                       {"name", app->name},
                       {"description", app->description},
                       {"url", app->url},
                       {"is_default", false},
                       {"allow_fullscreen_toggle", app->allow_fullscreen_toggle},
                       {"requires_fullscreen", app->requires_fullscreen},
                       {"toggle_location", app->toggle_location}});
    }
    return out;
}

json::object platform(const std::string& version, bool is_admin) {
    json::object out{{"version", version},       {"bitnami_demo", false},
                     {"is_hosted", false},       {"is_trial", false},
                     {"license", "OPEN SOURCE"}, {"secured_package_export", false},
                     {"license_key", false},     {"install_type", json::object()}};
    if (is_admin) {
        out["db_driver"] = "sqlite";
        out["app_debug"] = false;
        out["log_level"] = nullptr;
        out["log_mode"] = nullptr;
        out["cache_driver"] = nullptr;
        // Paths of this machine are nobody's business who comes over the network.
        out["install_path"] = nullptr;
        out["log_path"] = nullptr;
        out["packages"] = json::array();
    }
    return out;
}

json::object server() {
    utsname facts{};
    if (::uname(&facts) != 0) {
        return {};
    }
    return {{"server_os", "linux"},
            {"release", facts.release},
            {"version", facts.version},
            {"host", facts.nodename},
            {"machine", facts.machine}};
}

json::object client(const Request& request) {
    return {{"user_agent", request.headers.get_or("user-agent", "")},
            {"ip_address", request.origin.client_address},
            {"locale", request.headers.get_or("accept-language", "")}};
}

json::object config() {
    return {{"always_wrap_resources", true},
            {"resources_wrapper", "resource"},
            {"db",
             {{"max_records_returned", sql::TableSettings().max_records},
              {"time_format", nullptr},
              {"date_format", nullptr},
              {"datetime_format", nullptr},
              {"timestamp_format", nullptr}}}};
}

}  // namespace

std::vector<Route> Environment::routes() const {
    return {{"environment", kGet, "Describes this instance."}};
}

Task<Result<Response>> Environment::handle(const Call& call) {
    if (call.request.verb != Verb::Get) {
        co_return fail(unsupported(call));
    }
    const store::SnapshotRef snapshot = accounts_.store.snapshot();
    const bool allows_forever = accounts_.sessions.policy().allows_forever;
    json::object out{{"authentication", authentication(*snapshot, allows_forever)},
                     {"apps", apps(*snapshot)}};
    const Principal& principal = *call.principal;
    const bool is_admin = principal.user && principal.user->is_sys_admin;
    if (principal.user || principal.role) {
        out["platform"] = platform(version_, is_admin);
        out["server"] = server();
        out["client"] = client(call.request);
        out["config"] = config();
    }
    if (is_admin) {
        out["php"] = nullptr;  // no part of the server runs in PHP
    }
    co_return Response::json(json::serialize(out));
}

}  // namespace sluice::services::system
