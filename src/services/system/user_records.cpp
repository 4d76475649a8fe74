#include "services/system/user_records.h"

#include <array>

#include "access/sessions.h"
#include "services/system/children.h"

namespace sluice::services::system {
namespace {

using store::Tables;
using store::UserAppRoleRow;
using store::UserRow;

constexpr std::array kRules{
    FieldRule{"username", 64},          FieldRule{"first_name", 64},
    FieldRule{"last_name", 64},         FieldRule{"phone", 32},
    FieldRule{"is_sys_admin", 0, true}, FieldRule{"last_login_date", 0, true},
};

constexpr std::string_view kLookups = "lookup_by_user_id";

constexpr std::array kOthers{
    // Taken out of the draft where they say something.
    OtherMember{"password"},
    OtherMember{"security_answer"},
    OtherMember{"expired"},
    OtherMember{"is_root_admin"},
    OtherMember{"app_by_default_app_id"},
    OtherMember{"app_by_user_to_app_to_role"},
    OtherMember{"role_by_user_to_app_to_role"},
    // Means something to restricted administrators only, whom there are none of.
    OtherMember{"access_by_tabs"},
    OtherMember{"is_restricted_admin", OtherMember::Use::NotYet},
    OtherMember{"role", OtherMember::Use::NotYet},
    OtherMember{"adldap", OtherMember::Use::NotYet},
    OtherMember{"ldap_username", OtherMember::Use::NotYet},
    OtherMember{"oauth_provider", OtherMember::Use::NotYet},
    OtherMember{"saml", OtherMember::Use::NotYet},
    OtherMember{kLookups, OtherMember::Use::NotYet},
    OtherMember{"user_custom_by_user_id", OtherMember::Use::NotYet},
    OtherMember{"limit_by_user_id", OtherMember::Use::NotYet},
};

constexpr std::size_t kMinUsername = 6;

const Relation<UserAppRoleRow>& roles() {
    static const Relation<UserAppRoleRow> kRoles{"user_to_app_to_role_by_user_id",
                                                 &Tables::user_app_roles, "user_id",
                                                 &UserAppRoleRow::user_id, &check_user_app_role};
    return kRoles;
}

RecordKind kind_of(Users which) {
    if (which == Users::Admins) {
        return {"admin",
                "Administrators",
                "Users who may configure everything.",
                "",
                {},
                {roles().name},
                "role",
                {kLookups}};
    }
    return {"user", "Users", "Users who log in.", "", {}, {roles().name}, "role", {kLookups}};
}

/// Errors: Forbidden when nobody else could administer the instance.
Status check_other_admin(Tables& tables, const UserRow& row) {
    SLUICE_TRY(const auto admins, tables.users.where("is_sys_admin", true));
    for (const UserRow& admin : admins) {
        if (admin.id != row.id && admin.is_active) {
            return {};
        }
    }
    return fail(ErrorKind::Forbidden, "The last active administrator must stay.");
}

Result<std::string> text_member(const json::object& fields, std::string_view name) {
    const json::value& value = fields.at(name);
    if (!value.is_string()) {
        return fail(ErrorKind::BadRequest, "Field '" + std::string(name) + "' must be a text.");
    }
    return std::string(value.get_string());
}

}  // namespace

Status check_username(const std::string& username) {
    if (!username.empty() && (username.size() < kMinUsername ||
                              username.find_first_of(" \t\r\n") != std::string::npos)) {
        return fail(ErrorKind::BadRequest,
                    "Field 'username' must have at least 6 characters and no blanks.");
    }
    return {};
}

Status check_user(UserRow& row) {
    SLUICE_TRY(row.email, access::checked_email(row.email));
    SLUICE_CHECK(check_username(row.username));
    if (row.name.empty()) {
        row.name = std::string(trimmed(row.first_name + " " + row.last_name));
    }
    if (row.name.empty()) {
        row.name = row.email.substr(0, row.email.find('@'));
    }
    return {};
}

UserRecords::UserRecords(access::Accounts& accounts, Users which)
    : RowRecords(kind_of(which), &Tables::users), accounts_(accounts), which_(which) {}

UserRow UserRecords::fresh() const {
    UserRow row;
    row.is_sys_admin = which_ == Users::Admins;
    return row;
}

bool UserRecords::belongs(const UserRow& row) const {
    return row.is_sys_admin == (which_ == Users::Admins);
}

std::span<const FieldRule> UserRecords::rules() const {
    return kRules;
}

std::span<const OtherMember> UserRecords::others() const {
    return kOthers;
}

Task<Draft> UserRecords::prepare(const Call& call, json::object fields) {
    Draft draft = co_await Records::prepare(call, std::move(fields));
    if (draft.fault) {
        co_return draft;
    }
    for (const auto& [name, hash] : {std::pair{"password", &Draft::password_hash},
                                     std::pair{"security_answer", &Draft::security_answer_hash}}) {
        const json::value* value = draft.fields.if_contains(name);
        if (value == nullptr || value->is_null()) {
            continue;
        }
        auto text = text_member(draft.fields, name);
        if (text && hash == &Draft::password_hash) {
            if (Status good = access::check_new_password(*text); !good) {
                text = fail(std::move(good).error());
            }
        }
        if (text) {
            text = co_await accounts_.passwords.hash(std::move(*text));
        }
        draft.fields.erase(name);
        if (!text) {
            draft.fault = std::move(text).error();
            co_return draft;
        }
        draft.*hash = std::move(*text);
    }
    co_return draft;
}

Status UserRecords::apply(const Draft& draft, UserRow& row, const UserRow* /*before*/) const {
    const json::value* is_admin = draft.fields.if_contains("is_sys_admin");
    if (is_admin != nullptr && !is_admin->is_null()) {
        SLUICE_TRY(const bool wanted, read_flag(*is_admin, "is_sys_admin"));
        if (wanted != row.is_sys_admin) {
            return fail(ErrorKind::BadRequest,
                        "Field 'is_sys_admin' can not be changed: administrators are the records "
                        "of 'system/admin', other users those of 'system/user'.");
        }
    }
    SLUICE_CHECK(apply_record(draft.fields, row, kRules));
    row.password_hash = draft.password_hash.value_or(row.password_hash);
    row.security_answer_hash = draft.security_answer_hash.value_or(row.security_answer_hash);
    return {};
}

Status UserRecords::check(Tables& tables, UserRow& row, const UserRow* before) const {
    SLUICE_CHECK(require_text(row.email, "email"));
    SLUICE_CHECK(check_user(row));
    if (before != nullptr && row.is_sys_admin && before->is_active && !row.is_active) {
        SLUICE_CHECK(check_other_admin(tables, row));
    }
    SLUICE_CHECK(check_reference(tables.apps, row.default_app_id, "default_app_id"));
    SLUICE_CHECK(check_unique(tables, "email", row.email, before));
    return check_unique(tables, "username", row.username, before);
}

Status UserRecords::check_remove(Tables& tables, const UserRow& row) const {
    return row.is_sys_admin ? check_other_admin(tables, row) : Status();
}

Status UserRecords::save_relations(Tables& tables, const UserRow& row, const Draft& draft) const {
    if (draft.password_hash) {
        SLUICE_CHECK(access::end_sessions(tables, row.id, ""));
    }
    return save_children(tables, roles(), row.id, draft.fields);
}

Task<Result<Response>> Admins::handle(const Call& call) {
    const Principal& caller = *call.principal;
    const bool is_admin = caller.is_unrestricted || (caller.user && caller.user->is_sys_admin);
    if (call.request.verb != Verb::Get && !is_admin) {
        co_return fail(ErrorKind::Forbidden,
                       "Administrators are created, changed and deleted by administrators only.");
    }
    co_return co_await Collection::handle(call);
}

Status UserRecords::relate(Tables& tables, json::object& record, std::string_view relation) const {
    SLUICE_TRY(record[relation], read_children(tables, roles(), integer_or(record, "id", 0)));
    return {};
}

}  // namespace sluice::services::system
