#include "services/system/app_records.h"

#include <algorithm>
#include <array>

#include "services/system/children.h"
#include "store/digest.h"

namespace sluice::services::system {
namespace {

using store::AppRow;
using store::Tables;

constexpr std::array kRules{FieldRule{"name", 64}, FieldRule{"description", 4096},
                            FieldRule{"toggle_location", 64}};

constexpr std::array kOthers{
    OtherMember{"import_url", OtherMember::Use::NotYet},
    OtherMember{"lookup_by_app_id", OtherMember::Use::NotYet},
    OtherMember{"user_to_app_to_role_by_app_id", OtherMember::Use::NotYet},
    OtherMember{"app_to_app_group_by_app_id", OtherMember::Use::NotYet},
    OtherMember{"app_group_by_app_to_app_group", OtherMember::Use::NotYet},
    OtherMember{"limit_by_app_id", OtherMember::Use::NotYet},
    OtherMember{"service_by_storage_service_id"},
};

// 256 bits as hex: nobody guesses those.
constexpr std::size_t kKeyBytes = 32;
constexpr std::size_t kMinKeyCharacters = 64;

// 0 none, 1 storage, 2 URL, 3 path
constexpr int kTypeUrl = 2;
constexpr int kMaxType = 3;

bool is_good_key(std::string_view key) {
    return key.size() >= kMinKeyCharacters && std::ranges::all_of(key, [](char c) {
               return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
           });
}

}  // namespace

AppRecords::AppRecords()
    : RowRecords({"app",
                  "Apps",
                  "Applications and their API keys.",
                  "",
                  {"launch_url"},
                  {"role_by_role_id"},
                  "role",
                  {"lookup_by_app_id"}},
                 &Tables::apps) {}

Task<Draft> AppRecords::prepare(const Call& call, json::object fields) {
    Draft draft = co_await Records::prepare(call, std::move(fields));
    if (call.request.parameters.is_on("regenerate")) {
        draft.fields["api_key"] = store::random_hex(kKeyBytes);
    }
    co_return draft;
}

std::span<const FieldRule> AppRecords::rules() const {
    return kRules;
}

std::span<const OtherMember> AppRecords::others() const {
    return kOthers;
}

Status AppRecords::apply(const Draft& draft, AppRow& row, const AppRow* before) const {
    SLUICE_CHECK(RowRecords::apply(draft, row, before));
    const std::optional<store::Id> old = before == nullptr ? std::nullopt : before->role_id;
    if (row.role_id && row.role_id != old && !draft.may_assign_roles) {
        return fail(ErrorKind::Forbidden,
                    "Field 'role_id' can be changed by those only who may write roles.");
    }
    return {};
}

json::object AppRecords::shown(const AppRow& row) const {
    json::object record = to_record(row);
    record["launch_url"] =
        row.type == kTypeUrl && !row.url.empty() ? json::value(row.url) : json::value(nullptr);
    return record;
}

Status AppRecords::check(Tables& tables, AppRow& row, const AppRow* before) const {
    SLUICE_CHECK(require_text(row.name, "name"));
    if (row.type < 0 || row.type > kMaxType) {
        return fail(ErrorKind::BadRequest,
                    "Field 'type' must be 0 (none), 1 (storage), 2 (URL) or 3 (path).");
    }
    if (row.api_key.empty()) {
        row.api_key = before == nullptr ? store::random_hex(kKeyBytes) : before->api_key;
    }
    const bool is_new_key = before == nullptr || before->api_key != row.api_key;
    if (is_new_key && !is_good_key(row.api_key)) {
        return fail(ErrorKind::BadRequest,
                    "Field 'api_key' must have at least 64 letters and digits.");
    }
    SLUICE_CHECK(check_reference(tables.roles, row.role_id, "role_id"));
    SLUICE_CHECK(check_reference(tables.services, row.storage_service_id, "storage_service_id"));
    if (is_new_key) {
        // Without the key in the message.
        SLUICE_TRY(const auto others, tables.apps.where("api_key", row.api_key));
        if (!others.empty()) {
            return fail(ErrorKind::Conflict, "Field 'api_key' is already in use.");
        }
    }
    return check_unique(tables, "name", row.name, before);
}

Status AppRecords::relate(Tables& tables, json::object& record, std::string_view relation) const {
    const json::value* id = record.if_contains("role_id");
    json::value role = nullptr;
    if (id != nullptr && id->is_int64()) {
        SLUICE_TRY(const auto row, tables.roles.find(id->get_int64()));
        if (row) {
            role = to_record(*row);
        }
    }
    record[relation] = std::move(role);
    return {};
}

}  // namespace sluice::services::system
