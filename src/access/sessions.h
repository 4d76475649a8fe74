#pragma once
/// Sessions: tokens that were handed out, are checked, renewed, and taken back.
/// Rows: token_map (store/migrations/0001).

#include <chrono>
#include <optional>
#include <string>
#include <vector>

#include "access/token.h"
#include "store/store.h"

namespace sluice::access {

struct SessionPolicy {
    std::chrono::minutes ttl{1440};
    /// How long after its issue a token may still be exchanged for a new one, expired or not.
    std::chrono::minutes refresh_ttl{20160};
    /// Whether `remember_me` is heeded.
    bool allows_forever = false;
};

struct Session {
    std::string token;
    /// Seconds since 1970.
    std::int64_t expires_at = 0;
};

/// A user and the roles they have in apps.
struct Identity {
    store::UserRow user;
    std::vector<store::UserAppRoleRow> roles;
    /// When what proved it ceases to do so; seconds since 1970.
    std::int64_t valid_until = 0;
};

std::int64_t seconds_now();

/// Unauthorized: what was asked for is about the caller, and nobody is logged in.
Error no_session();

/// Ends every session of a user but the one of `kept_token` (empty: every one): for a new password.
Status end_sessions(store::Tables& tables, store::Id user, const std::string& kept_token);

/// Threads: any.
class Sessions {
public:
    Sessions(store::Store& store, SessionPolicy policy) : store_(store), policy_(policy) {}

    const SessionPolicy& policy() const { return policy_; }

    /// Opens a session and notes the log-in with the user.
    Task<Result<Session>> open(const store::UserRow& user, bool remember_me);

    /// Who holds `token`.
    /// Errors: Unauthorized (not ours, expired, its user gone or inactive), Forbidden (logged out
    ///         or exchanged).
    Task<Result<Identity>> check(std::string token);

    /// The same for a token that is to be exchanged: it may have expired not long ago.
    Task<Result<Identity>> check_for_refresh(std::string token);

    /// Exchanges a token for a new one; the old one is never good again. Of several exchanges of
    /// one token one succeeds. Errors: those of `check`.
    Task<Result<Session>> refresh(std::string token);

    /// Logs out. A token that is no good anyway is no error.
    Task<Status> close(std::string token);

private:
    struct Issued {
        Session session;
        store::TokenRow row;
    };
    Issued issue(const store::UserRow& user, bool forever) const;
    /// Errors: Unauthorized for a token that is too old.
    Status check_refreshable(const Claims& claims) const;
    Task<Result<Identity>> identity_of(Claims claims, std::string token);

    store::Store& store_;
    SessionPolicy policy_;
};

}  // namespace sluice::access
