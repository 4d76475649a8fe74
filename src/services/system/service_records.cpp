#include "services/system/service_records.h"

#include <algorithm>
#include <array>

#include "services/system/service_config.h"

namespace sluice::services::system {
namespace {

using store::ServiceRow;
using store::Tables;

constexpr std::array kRules{
    FieldRule{"name", 40},
    FieldRule{"label", 80},
    FieldRule{"description", 4096},
    FieldRule{"type", 40},
    // Set when the service is made by the server itself; otherwise they would protect nothing.
    FieldRule{"mutable", 0, true},
    FieldRule{"deletable", 0, true},
};

constexpr std::array kOthers{
    OtherMember{"service_doc_by_service_id", OtherMember::Use::NotYet},
    OtherMember{"service_event_map_by_service_id", OtherMember::Use::NotYet},
    OtherMember{"role_service_access_by_service_id", OtherMember::Use::NotYet},
    OtherMember{"limit_by_service_id", OtherMember::Use::NotYet},
    OtherMember{"app_by_storage_service_id", OtherMember::Use::NotYet},
    OtherMember{"role_by_role_service_access"},
    OtherMember{"is_available"},
    // Whether lists of tables are to be read anew, which they are.
    OtherMember{"refresh"},
};

// Secrets by their name, for types that do not describe their configuration.
constexpr std::array<std::string_view, 10> kSecretNames{
    "password",     "secret",     "token",         "private_key", "api_key",
    "access_token", "secret_key", "client_secret", "passphrase",  "secret_access_key"};

bool is_name(std::string_view name) {
    return !name.empty() && std::ranges::all_of(name, [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_' || c == '-';
    });
}

json::object config_of(const ServiceRow& row) {
    auto parsed = parse_json(row.config, "config");
    return parsed && parsed->is_object() ? std::move(parsed->get_object()) : json::object();
}

bool is_mask(const json::value& value) {
    return value.is_string() && value.get_string() == kMask;
}

}  // namespace

ServiceRecords::ServiceRecords(std::vector<ServiceType> types,
                               std::vector<ScriptType> engines,
                               CheckSyntax check_syntax)
    : RowRecords({"service",
                  "Services",
                  "The configured services.",
                  "",
                  {},
                  {},
                  "",
                  {"service_doc_by_service_id"}},
                 &Tables::services),
      types_(std::move(types)),
      engines_(std::move(engines)),
      check_syntax_(std::move(check_syntax)) {}

Task<std::optional<std::string>> ServiceRecords::review(const json::object& sent,
                                                        const json::object& saved,
                                                        Deadline deadline) {
    std::optional<std::string> warning;
    if (const json::value* renamed = saved.if_contains(kWarning)) {
        warning = std::string(renamed->get_string());
    }
    std::string type(text_or(saved, "type", ""));
    const json::value* config = saved.if_contains("config");
    if (!check_syntax_ || !sent.contains("config") || config == nullptr || !config->is_object() ||
        !is_engine(type)) {
        co_return warning;
    }
    std::string content(text_or(config->get_object(), "content", ""));
    if (content.empty()) {
        co_return warning;
    }
    const auto fault = co_await check_syntax_(std::move(type), std::move(content), deadline);
    if (warning && fault) {
        co_return *warning + " " + *fault;
    }
    co_return warning ? warning : fault;
}

Result<json::object> ServiceRecords::update(Tables& tables,
                                            const std::string& key,
                                            const Draft& draft,
                                            const Actor& actor) const {
    SLUICE_TRY(const ServiceRow before, find_row(tables, key));
    SLUICE_TRY(json::object record, RowRecords::update(tables, key, draft, actor));
    if (text_or(record, "name", "") != before.name) {
        SLUICE_TRY(const std::string warning, left_by_name(tables, before.name));
        if (!warning.empty()) {
            record[kWarning] = warning;
        }
    }
    return record;
}

std::span<const FieldRule> ServiceRecords::rules() const {
    return kRules;
}

std::span<const OtherMember> ServiceRecords::others() const {
    return kOthers;
}

const ServiceType* ServiceRecords::find_type(std::string_view name) const {
    const auto found = std::ranges::find(types_, name, &ServiceType::name);
    return found == types_.end() ? nullptr : &*found;
}

bool ServiceRecords::is_engine(std::string_view type) const {
    return std::ranges::find(engines_, type, &ScriptType::name) != engines_.end();
}

bool ServiceRecords::is_secret(std::string_view type, std::string_view field) const {
    if (std::ranges::find(kSecretNames, field) != kSecretNames.end()) {
        return true;
    }
    const ServiceType* found = find_type(type);
    return found != nullptr &&
           std::ranges::any_of(found->config_schema, [&](const json::value& item) {
               const json::object* entry = item.if_object();
               return entry != nullptr && text_or(*entry, "name", "") == field &&
                      text_or(*entry, "type", "") == "password";
           });
}

json::object ServiceRecords::shown(const ServiceRow& row) const {
    json::object record = to_record(row);
    json::object config = config_of(row);
    for (auto& [name, value] : config) {
        if (is_secret(row.type, name) && value.is_string() && !value.get_string().empty()) {
            value = kMask;
        }
    }
    record["config"] = std::move(config);
    if (find_type(row.type) == nullptr) {
        record["is_available"] =
            false;  // it is listed, since clients look for it, and serves nothing
    }
    return record;
}

Status ServiceRecords::apply(const Draft& draft, ServiceRow& row, const ServiceRow* before) const {
    SLUICE_CHECK(apply_record(draft.fields, row, kRules));
    if (!draft.fields.contains("config") && before != nullptr) {
        return {};
    }
    const ServiceType* type = find_type(row.type);
    const json::object given = config_of(row);
    if (type != nullptr) {
        SLUICE_CHECK(check_members(*type, given));
    }
    const json::object old = before == nullptr ? json::object() : config_of(*before);
    json::object config = old;
    for (const auto& [name, value] : given) {
        if (!is_mask(value) || !is_secret(row.type, name)) {
            config[name] = value;
        } else if (before == nullptr) {
            return fail(ErrorKind::BadRequest, "Field 'config': '" + std::string(name) +
                                                   "' is the mask that stands for a secret.");
        }
    }
    for (const auto& [name, value] : old) {
        const json::value* sent = given.if_contains(name);
        const bool is_kept = is_secret(row.type, name) && value.is_string() &&
                             !value.get_string().empty() && (sent == nullptr || is_mask(*sent));
        if (is_kept) {
            SLUICE_CHECK(check_kept_secret(name, old, config));
        }
    }
    if (type != nullptr && type->check_config) {
        SLUICE_CHECK(type->check_config(config));
    }
    if (type != nullptr) {
        SLUICE_CHECK(check_required(*type, config));
    }
    if (is_engine(row.type)) {
        SLUICE_CHECK(check_script_config(config));
    }
    row.config = json::serialize(config);
    return {};
}

Status ServiceRecords::check(Tables& tables, ServiceRow& row, const ServiceRow* before) const {
    if (before != nullptr && !before->is_mutable) {
        return fail(ErrorKind::Forbidden, "Service '" + before->name + "' can not be changed.");
    }
    row.name = lower_case(row.name);
    SLUICE_CHECK(require_text(row.name, "name"));
    if (!is_name(row.name)) {
        return fail(ErrorKind::BadRequest,
                    "Field 'name' may have letters, digits, '_' and '-' only.");
    }
    SLUICE_CHECK(require_text(row.type, "type"));
    if (before != nullptr && before->type != row.type) {
        return fail(ErrorKind::BadRequest, "Field 'type' can not be changed.");
    }
    const ServiceType* type = find_type(row.type);
    if (before != nullptr && before->name != row.name && type != nullptr && type->is_singleton) {
        // Paths that need no role, and clients, know it by this name.
        return fail(ErrorKind::Forbidden, "Service '" + before->name + "' can not be renamed.");
    }
    if (before == nullptr && type == nullptr) {
        return fail(ErrorKind::BadRequest,
                    "Field 'type': there is no service type '" + row.type + "'.");
    }
    if (before == nullptr && type->is_singleton) {
        return fail(ErrorKind::Conflict,
                    "There can be one service of type '" + row.type + "' only.");
    }
    if (is_engine(row.type)) {
        SLUICE_CHECK(check_isolation(text_or(config_of(row), "isolation", "")));
    }
    if (row.label.empty()) {
        row.label = row.name;
    }
    return check_unique(tables, "name", row.name, before);
}

Status ServiceRecords::check_remove(Tables& /*tables*/, const ServiceRow& row) const {
    if (!row.is_deletable) {
        return fail(ErrorKind::Forbidden, "Service '" + row.name + "' can not be deleted.");
    }
    return {};
}

}  // namespace sluice::services::system
