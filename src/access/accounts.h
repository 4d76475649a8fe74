#pragma once
/// Users and what proves that a caller is one of them. One per server, shared by the shards.

#include <optional>
#include <string>

#include "access/passwords.h"
#include "access/sessions.h"
#include "access/throttle.h"
#include "store/store.h"

namespace sluice::access {

struct LoginAttempt {
    /// An e-mail or a user name, as `by_username` says; "@" decides when that is unset.
    std::string name;
    std::optional<bool> by_username;
    std::string password;
    std::string client_address;
};

/// Threads: any.
class Accounts {
public:
    explicit Accounts(store::Store& the_store, SessionPolicy policy = {}, PasswordCost cost = {})
        : store(the_store), passwords(cost), sessions(the_store, policy) {}

    /// The user whom name and password belong to.
    /// Errors: Unauthorized (whatever did not fit), TooManyRequests (after too many failures),
    ///         ServiceUnavailable.
    Task<Result<Identity>> verify_login(LoginAttempt attempt);

    /// Whether `password` is that of the user with this e-mail, asked of somebody who is logged in;
    /// throttled like a log-in.
    /// Errors: BadRequest (it is not), TooManyRequests, ServiceUnavailable.
    Task<Status> verify_own_password(std::string email, std::string password, std::string address);

    store::Store& store;
    Passwords passwords;
    Sessions sessions;
    Throttle throttle;
    Throttle network_throttle{Throttle::kMaxFailuresPerNetwork, Throttle::kNetworkWindow};
};

struct FirstAdmin {
    std::string email;
    std::string password;
};

/// Creates an administrator when there is none yet. Without a password one is made up.
/// Shape:  unset when there is an administrator already.
/// Errors: BadRequest (no e-mail address, a password that is too short).
Task<Result<std::optional<FirstAdmin>>> create_first_admin(Accounts& accounts,
                                                           std::string email,
                                                           std::optional<std::string> password);

/// E-mail addresses are kept and compared in lower case.
/// Errors: BadRequest naming the field.
Result<std::string> checked_email(std::string_view email);

}  // namespace sluice::access
