#include "access/accounts.h"

#include "core/fields.h"
#include "core/utf8.h"
#include "store/digest.h"

namespace sluice::access {
namespace {

using store::Tables;
using store::UserRow;

constexpr std::size_t kMaxEmailBytes = 255;

// Basic log-ins are looked at again after this time.
constexpr std::int64_t kPasswordGoodForSeconds = 300;

Result<Identity> find_identity(Tables& tables, const std::string& column, const std::string& name) {
    Identity identity;
    SLUICE_TRY(auto users, tables.users.where(column, name));
    if (users.empty() || !users.front().is_active) {
        return identity;  // id 0: nobody
    }
    identity.user = std::move(users.front());
    SLUICE_TRY(identity.roles, tables.user_app_roles.where("user_id", identity.user.id));
    return identity;
}

Result<bool> has_admin(Tables& tables) {
    SLUICE_TRY(const auto admins, tables.users.where("is_sys_admin", true));
    return !admins.empty();
}

UserRow first_admin_row(const std::string& email, std::string hash) {
    UserRow row;
    row.email = email;
    row.name = email.substr(0, email.find('@'));
    row.first_name = row.name;
    row.password_hash = std::move(hash);
    row.is_sys_admin = true;
    row.stamps.created_date = store::now_text();
    row.stamps.last_modified_date = row.stamps.created_date;
    return row;
}

}  // namespace

Result<std::string> checked_email(std::string_view email) {
    std::string checked = lower_case(trimmed(email));
    const std::size_t at = checked.find('@');
    if (at == 0 || at == std::string::npos || at + 1 == checked.size() ||
        checked.find('@', at + 1) != std::string::npos ||
        checked.find_first_of(" \t\r\n<>,;\"") != std::string::npos ||
        checked.size() > kMaxEmailBytes || !is_utf8(checked)) {
        return fail(ErrorKind::BadRequest, "Field 'email' must be a valid e-mail address.");
    }
    return checked;
}

Task<Result<Identity>> Accounts::verify_login(LoginAttempt attempt) {
    const bool by_username =
        attempt.by_username.value_or(attempt.name.find('@') == std::string::npos);
    const std::string name = by_username ? attempt.name : lower_case(trimmed(attempt.name));
    const std::string key = Throttle::key_of(name, attempt.client_address);
    const std::string network = network_of(attempt.client_address);
    CO_CHECK(throttle.check(key));
    CO_CHECK(network_throttle.check(network));
    auto find = [column = std::string(by_username ? "username" : "email"), name](Tables& tables) {
        return find_identity(tables, column, name);
    };
    CO_TRY(Identity identity, co_await store.read(std::move(find)));
    CO_TRY(const bool fits, co_await passwords.verify(identity.user.password_hash,
                                                      std::move(attempt.password), network));
    if (!fits) {
        network_throttle.note_failure(network);
        throttle.note_failure(key);
        co_return fail(ErrorKind::Unauthorized, "Invalid credentials supplied.");
    }
    throttle.forget(key);
    identity.valid_until = seconds_now() + kPasswordGoodForSeconds;
    co_return identity;
}

Task<Status> Accounts::verify_own_password(std::string email,
                                           std::string password,
                                           std::string address) {
    LoginAttempt attempt;
    attempt.name = std::move(email);
    attempt.by_username = false;
    attempt.password = std::move(password);
    attempt.client_address = std::move(address);
    auto fits = co_await verify_login(std::move(attempt));
    if (!fits && fits.error().kind() == ErrorKind::Unauthorized) {
        co_return fail(ErrorKind::BadRequest, "The password supplied does not match.");
    }
    if (!fits) {
        co_return fail(std::move(fits).error());
    }
    co_return Status();
}

Task<Result<std::optional<FirstAdmin>>> create_first_admin(Accounts& accounts,
                                                           std::string email,
                                                           std::optional<std::string> password) {
    std::optional<FirstAdmin> nothing;
    CO_TRY(const bool exists, co_await accounts.store.read(has_admin));
    if (exists) {
        co_return nothing;
    }
    FirstAdmin admin;
    CO_TRY(admin.email, checked_email(email));
    admin.password = password ? *password : store::random_hex(12);
    CO_CHECK(check_new_password(admin.password));
    CO_TRY(std::string hash, co_await accounts.passwords.hash(admin.password));
    auto work =
        [row = first_admin_row(admin.email, std::move(hash))](Tables& tables) -> Result<bool> {
        SLUICE_TRY(const bool is_late, has_admin(tables));
        if (!is_late) {
            SLUICE_TRY(const UserRow made, tables.users.insert(row));
            static_cast<void>(made);
        }
        return !is_late;
    };
    CO_TRY(const bool made, co_await accounts.store.write(std::move(work)));
    co_return made ? std::optional(admin) : nothing;
}

}  // namespace sluice::access
