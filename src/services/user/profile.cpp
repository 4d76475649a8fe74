#include "services/user/profile.h"

#include <algorithm>
#include <array>

#include "core/json.h"
#include "services/system/options.h"
#include "services/system/row_json.h"
#include "services/system/user_records.h"
#include "services/user/session.h"

namespace sluice::services::user {
namespace {

using access::Accounts;
using store::Tables;
using store::UserRow;

// What users may change about themselves; everything else is for administrators.
constexpr std::array<std::string_view, 8> kOwn{
    "username", "first_name", "last_name",         "name",
    "email",    "phone",      "security_question", "default_app_id"};
// Sent besides: proofs and answers, and what clients send back as they got it.
constexpr std::array<std::string_view, 4> kBesides{"security_answer", "current_password",
                                                   "oauth_provider", "adldap"};

/// Errors: BadRequest naming a member that would be ignored.
Status check_members(const json::object& given) {
    for (const auto& [name, value] : given) {
        const std::string_view member = name;
        if (std::ranges::find(kOwn, member) != kOwn.end() ||
            std::ranges::find(kBesides, member) != kBesides.end()) {
            continue;
        }
        const bool is_password = member.ends_with("password");
        return fail(ErrorKind::BadRequest,
                    "Field '" + std::string(member) + "' can not be changed in a profile" +
                        (is_password ? "; use the resource 'password'." : "."));
    }
    return {};
}

json::object json_of(const UserRow& user) {
    const json::object all = system::to_record(user);
    json::object out;
    for (const std::string_view name : kOwn) {
        out[name] = all.at(name);
    }
    out["oauth_provider"] = nullptr;
    out["adldap"] = nullptr;
    return out;
}

Result<UserRow> user_row(Tables& tables, store::Id id) {
    SLUICE_TRY(const auto row, tables.users.find(id));
    if (!row) {
        return fail(access::no_session());
    }
    return *row;
}

/// Errors: Conflict when another user has this value.
Status check_free(Tables& tables, const char* column, const std::string& value, store::Id own) {
    if (value.empty()) {
        return {};
    }
    SLUICE_TRY(const auto rows, tables.users.where(column, value));
    for (const UserRow& row : rows) {
        if (row.id != own) {
            return fail(ErrorKind::Conflict,
                        "Field '" + std::string(column) + "': the value is already in use.");
        }
    }
    return {};
}

/// Read again here: what an administrator changed in the meantime stays changed.
Result<UserRow> save(Tables& tables,
                     store::Id id,
                     const json::object& own,
                     const std::optional<std::string>& answer_hash) {
    SLUICE_TRY(UserRow row, user_row(tables, id));
    SLUICE_CHECK(system::apply_record(own, row, system::kUserTexts));
    SLUICE_CHECK(system::check_user(row));
    SLUICE_CHECK(check_free(tables, "email", row.email, row.id));
    SLUICE_CHECK(check_free(tables, "username", row.username, row.id));
    row.security_answer_hash = answer_hash.value_or(row.security_answer_hash);
    row.stamps.last_modified_date = store::now_text();
    row.stamps.last_modified_by_id = id;
    SLUICE_TRY(const bool is_there, tables.users.update(row));
    return is_there ? Result<UserRow>(row) : fail(access::no_session());
}

class ProfileResource : public system::Resource {
public:
    ProfileResource(Accounts& accounts, std::string path)
        : accounts_(accounts), path_(std::move(path)) {}

    std::string path() const override { return path_; }
    std::string label() const override { return "Profile"; }
    std::vector<Route> routes() const override {
        return {{path_, system::kGet | system::kPost | system::kChange,
                 "Shows and changes the caller's own profile."}};
    }

    Task<Result<Response>> handle(const Call& call) override {
        if (!call.principal->user) {
            co_return fail(access::no_session());
        }
        const store::Id id = call.principal->user->id;
        auto find = [id](Tables& tables) { return user_row(tables, id); };
        CO_TRY(const UserRow row, co_await accounts_.store.read(std::move(find)));
        if (call.request.verb == Verb::Get) {
            co_return Response::json(json::serialize(json_of(row)));
        }
        if (call.request.verb == Verb::Delete) {
            co_return fail(system::unsupported(call));
        }
        co_return co_await change(call, row);
    }

private:
    Task<Result<Response>> change(const Call& call, UserRow before) {
        CO_TRY(const system::Body body, system::read_body(call.request));
        CO_TRY(const json::object given, body.record());
        CO_CHECK(check_members(given));
        json::object own;
        for (const std::string_view name : kOwn) {
            if (const json::value* value = given.if_contains(name)) {
                own[name] = *value;
            }
        }
        UserRow row = before;
        CO_CHECK(system::apply_record(own, row, system::kUserTexts));
        CO_CHECK(system::check_user(row));
        const bool is_new_email = row.email != before.email;
        if (is_new_email) {
            CO_CHECK(co_await check_password(call, before, given));
        }
        std::optional<std::string> answer_hash;
        const std::string_view answer = text_or(given, "security_answer", "");
        if (!answer.empty()) {
            CO_TRY(answer_hash, co_await accounts_.passwords.hash(
                                    std::string(answer),
                                    access::network_of(call.request.origin.client_address)));
        }
        auto work = [id = row.id, own, answer_hash](Tables& tables) {
            return save(tables, id, own, answer_hash);
        };
        CO_TRY(const UserRow saved, co_await accounts_.store.write(std::move(work)));
        json::object out{{"success", true}};
        if (is_new_email) {
            CO_TRY(const access::Session session, co_await accounts_.sessions.open(saved, false));
            out["session_token"] = session.token;
        }
        co_return Response::json(json::serialize(out));
    }

    Task<Status> check_password(const Call& call, const UserRow& user, const json::object& given) {
        std::string password(text_or(given, "current_password", ""));
        if (password.empty()) {
            co_return fail(ErrorKind::BadRequest,
                           "Field 'current_password' is required to change the e-mail.");
        }
        co_return co_await accounts_.verify_own_password(user.email, std::move(password),
                                                         call.request.origin.client_address);
    }

    Accounts& accounts_;
    std::string path_;
};

}  // namespace

system::ResourceRef make_profile(Accounts& accounts, std::string path) {
    return std::make_unique<ProfileResource>(accounts, std::move(path));
}

}  // namespace sluice::services::user
