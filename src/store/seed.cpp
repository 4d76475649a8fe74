#include "store/seed.h"

#include <array>

#include "store/digest.h"

namespace sluice::store {
namespace {

struct ServiceSeed {
    std::string_view name;
    std::string_view label;
    std::string_view type;
    std::string_view description;
    std::string_view config;
    bool is_mutable;
    bool is_deletable;
};

// In the order of their ids, which clients of the incumbent know.
constexpr std::array kServices{
    ServiceSeed{"system", "System Management", "system",
                "Services, roles, users, scripts and everything else that is configured.", "{}",
                false, false},
    ServiceSeed{"api_docs", "Live API Docs", "swagger",
                "The description of every service that the caller may use.", "{}", false, false},
    ServiceSeed{"files", "Local File Storage", "local_file", "Files on this server.",
                R"({"container":"app"})", true, true},
    ServiceSeed{"logs", "Local Log Storage", "local_file", "The server's own log files.",
                R"({"container":"logs"})", true, true},
    ServiceSeed{"db", "Local SQL Database", "sqlite", "A database in a file on this server.",
                R"({"database":"db.sqlite"})", true, true},
    ServiceSeed{"email", "Local Email Service", "local_email",
                "Mail, kept in an outbox folder until it is configured.", "{}", true, true},
    ServiceSeed{"user", "User Management", "user", "Sessions, profiles and passwords of users.",
                R"({"allow_open_registration":false})", true, false},
};

struct AppSeed {
    std::string_view name;
    std::string_view description;
    std::string_view api_key;
};

// Public keys: the consoles of the incumbent carry them, and none of these apps has a role.
constexpr std::array kApps{
    AppSeed{"admin", "The admin console.",
            "6498a8ad1beb9d84d63035c5d1120c007fad6de706734db9689f8996707e0f7d"},
    AppSeed{"api_docs", "The console's API documentation.",
            "36fda24fe5588fa4285ac6c6c2fdfbdb6b6bc9834699774c9bf777f706d05a88"},
    AppSeed{"file_manager", "The console's file manager.",
            "b5cb82af7b5d4130f36149f90aa2746782e59a872ac70454ac188743cb55b0ba"},
};

constexpr const char* kInstanceId = "instance_id";
constexpr const char* kTokenKey = "token_key";

Stamps stamped_now() {
    Stamps stamps;
    stamps.created_date = now_text();
    stamps.last_modified_date = stamps.created_date;
    return stamps;
}

Result<std::string> setting(Tables& tables, const char* name) {
    SLUICE_TRY(const auto row, tables.settings.find(std::string(name)));
    if (!row) {
        return fail(ErrorKind::Internal, "The system database lacks its own settings.");
    }
    return row->value;
}

}  // namespace

Status seed(Tables& tables) {
    for (const ServiceSeed& seed : kServices) {
        ServiceRow row;
        row.name = seed.name;
        row.label = seed.label;
        row.type = seed.type;
        row.description = seed.description;
        row.config = seed.config;
        row.is_mutable = seed.is_mutable;
        row.is_deletable = seed.is_deletable;
        row.stamps = stamped_now();
        SLUICE_TRY(row, tables.services.insert(std::move(row)));
    }
    for (const AppSeed& seed : kApps) {
        AppRow row;
        row.name = seed.name;
        row.description = seed.description;
        row.api_key = seed.api_key;
        row.stamps = stamped_now();
        SLUICE_TRY(row, tables.apps.insert(std::move(row)));
    }
    for (const char* name : {kInstanceId, kTokenKey}) {
        SettingRow row{name, random_hex(32)};
        SLUICE_TRY(row, tables.settings.insert(std::move(row)));
    }
    return {};
}

Result<InstanceFacts> read_instance_facts(Tables& tables) {
    InstanceFacts facts;
    SLUICE_TRY(facts.instance_id, setting(tables, kInstanceId));
    SLUICE_TRY(facts.token_key, setting(tables, kTokenKey));
    return facts;
}

}  // namespace sluice::store
