#include "services/user/register.h"

#include <array>

#include "core/json.h"
#include "services/system/options.h"
#include "services/system/row_json.h"
#include "services/system/user_records.h"

namespace sluice::services::user {
namespace {

using access::Accounts;
using store::Tables;
using store::UserRow;

// Longer than what an administrator may set: strangers choose these.
constexpr std::size_t kMinOwnPassword = 16;

constexpr std::array<std::string_view, 6> kOwn{"email", "first_name", "last_name",
                                               "name",  "username",   "phone"};

struct Settings {
    bool is_open = false;
    bool confirms_by_mail = false;
    std::optional<store::Id> role_id;
};

Settings settings_of(const store::Snapshot& snapshot, std::string_view service) {
    Settings settings;
    const auto row = snapshot.services_by_name.find(service);
    if (row == snapshot.services_by_name.end()) {
        return settings;
    }
    const auto config = parse_json(row->second->config, "config");
    const json::object* object = config ? config->if_object() : nullptr;
    if (object == nullptr) {
        return settings;
    }
    settings.is_open = boolean_or(*object, "allow_open_registration", false);
    settings.confirms_by_mail = integer_or(*object, "open_reg_email_service_id", 0) != 0;
    const std::int64_t role = integer_or(*object, "open_reg_role_id", 0);
    if (role != 0) {
        settings.role_id = role;
    }
    return settings;
}

/// "Validation failed", with what is wrong with each field.
Result<UserRow> row_of(const json::object& given, const std::string& password) {
    json::object own;
    for (const std::string_view name : kOwn) {
        if (const json::value* value = given.if_contains(name)) {
            own[name] = *value;
        }
    }
    UserRow row;
    SLUICE_CHECK(system::apply_record(own, row, system::kUserTexts));
    json::object wrong;
    if (row.email.empty()) {
        wrong["email"] = json::array{"The email field is required."};
    } else if (const auto email = access::checked_email(row.email); !email) {
        wrong["email"] = json::array{json::value(email.error().message())};
    }
    if (Status good = system::check_username(row.username); !good) {
        wrong["username"] = json::array{json::value(good.error().message())};
    }
    if (password.size() < kMinOwnPassword) {
        wrong["password"] = json::array{"The password must have at least 16 characters."};
    }
    if (!wrong.empty()) {
        return fail(
            Error(ErrorKind::BadRequest, "Validation failed").with_context(json::serialize(wrong)));
    }
    SLUICE_CHECK(system::check_user(row));
    row.stamps.created_date = store::now_text();
    row.stamps.last_modified_date = row.stamps.created_date;
    return row;
}

/// Names every value that another user has already.
Status check_free(Tables& tables, const UserRow& row) {
    json::object taken;
    for (const auto& [column, value] :
         {std::pair{"email", &row.email}, std::pair{"username", &row.username}}) {
        if (value->empty()) {
            continue;
        }
        SLUICE_TRY(const auto same, tables.users.where(column, *value));
        if (!same.empty()) {
            taken[column] =
                json::array{json::value("The " + std::string(column) + " has already been taken.")};
        }
    }
    if (!taken.empty()) {
        return fail(
            Error(ErrorKind::BadRequest, "Validation failed").with_context(json::serialize(taken)));
    }
    return {};
}

Result<UserRow> save(Tables& tables, UserRow row, const std::optional<store::Id>& role) {
    SLUICE_CHECK(check_free(tables, row));
    SLUICE_TRY(row, tables.users.insert(std::move(row)));
    if (role) {
        SLUICE_TRY(const auto apps, tables.apps.all());
        for (const store::AppRow& app : apps) {
            SLUICE_TRY(const auto made, tables.user_app_roles.insert({0, row.id, app.id, *role}));
            static_cast<void>(made);
        }
    }
    return row;
}

class RegisterResource : public system::Resource {
public:
    RegisterResource(Accounts& accounts, std::string path)
        : accounts_(accounts), path_(std::move(path)) {}

    std::string path() const override { return path_; }
    std::string label() const override { return "Register"; }
    std::vector<Route> routes() const override {
        return {{path_, system::kPost, "Registers a new user."}};
    }

    Task<Result<Response>> handle(const Call& call) override {
        if (call.request.verb != Verb::Post) {
            co_return fail(system::unsupported(call));
        }
        const Settings settings = settings_of(*accounts_.store.snapshot(), call.target.service);
        if (!settings.is_open) {
            co_return fail(ErrorKind::Forbidden, "Open Registration is not enabled.");
        }
        if (settings.confirms_by_mail) {
            co_return fail(ErrorKind::NotImplemented,
                           "Confirming a registration by mail is not available on this instance.");
        }
        CO_TRY(const system::Body body, system::read_body(call.request));
        CO_TRY(const json::object given, body.record());
        std::string password(text_or(given, "new_password", text_or(given, "password", "")));
        CO_TRY(UserRow row, row_of(given, password));
        CO_CHECK(access::check_new_password(password));
        CO_TRY(row.password_hash,
               co_await accounts_.passwords.hash(
                   std::move(password), access::network_of(call.request.origin.client_address)));
        auto work = [row, role = settings.role_id](Tables& tables) {
            return save(tables, row, role);
        };
        CO_TRY(const UserRow saved, co_await accounts_.store.write(std::move(work)));
        json::object out{{"success", true}};
        if (call.request.parameters.is_on("login")) {
            CO_TRY(const access::Session session, co_await accounts_.sessions.open(saved, false));
            out["session_token"] = session.token;
        }
        co_return Response::json(json::serialize(out));
    }

private:
    Accounts& accounts_;
    std::string path_;
};

}  // namespace

system::ResourceRef make_register(Accounts& accounts, std::string path) {
    return std::make_unique<RegisterResource>(accounts, std::move(path));
}

}  // namespace sluice::services::user
