#include "access/sessions.h"

#include "store/digest.h"

namespace sluice::access {
namespace {

using store::Tables;
using store::TokenRow;
using store::UserRow;

constexpr std::int64_t kTenYears = 10LL * 365 * 24 * 3600;

std::int64_t in_seconds(std::chrono::minutes time) {
    return std::chrono::seconds(time).count();
}

tl::unexpected<Error> expired() {
    return fail(ErrorKind::Unauthorized,
                "Token has expired. Session expired. Please refresh your token (PUT on the session "
                "resource, while it may still be refreshed) or log in again.");
}

tl::unexpected<Error> unusable() {
    return fail(ErrorKind::Unauthorized, "Invalid token: it belongs to no session.");
}

Status record(Tables& tables, const TokenRow& row, std::int64_t oldest_of_use) {
    SLUICE_TRY(const TokenRow made, tables.tokens.insert(row));
    static_cast<void>(made);
    return tables.tokens.remove_outdated(oldest_of_use, row.iat);
}

/// Who holds the token, if it is one that may be used.
Result<Identity> find_identity(Tables& tables, const Claims& claims, const std::string& hash) {
    SLUICE_TRY(const auto row, tables.tokens.find(hash));
    if (!row) {
        return unusable();
    }
    if (row->is_revoked) {
        return fail(ErrorKind::Forbidden, "The token has been blacklisted.");
    }
    SLUICE_TRY(auto user, tables.users.find(claims.user_id));
    if (!user || !user->is_active || subject_of(user->email) != claims.sub) {
        return unusable();
    }
    Identity identity;
    identity.user = std::move(*user);
    identity.valid_until = claims.exp;
    SLUICE_TRY(identity.roles, tables.user_app_roles.where("user_id", claims.user_id));
    return identity;
}

Status revoke(Tables& tables, const std::string& hash) {
    SLUICE_TRY(auto row, tables.tokens.find(hash));
    if (!row || row->is_revoked) {
        return {};
    }
    row->is_revoked = true;
    const auto updated = tables.tokens.update(*row);
    return updated ? Status() : fail(updated.error());
}

}  // namespace

Status end_sessions(Tables& tables, store::Id user, const std::string& kept_token) {
    const std::string kept = kept_token.empty() ? "" : store::sha256_hex(kept_token);
    SLUICE_TRY(auto rows, tables.tokens.where("user_id", user));
    for (store::TokenRow& row : rows) {
        if (row.is_revoked || row.token_hash == kept) {
            continue;
        }
        row.is_revoked = true;
        SLUICE_TRY(const bool is_there, tables.tokens.update(row));
        static_cast<void>(is_there);
    }
    return {};
}

Error no_session() {
    return {ErrorKind::Unauthorized, "There is no valid session for the current request."};
}

std::int64_t seconds_now() {
    return std::chrono::system_clock::to_time_t(std::chrono::system_clock::now());
}

Sessions::Issued Sessions::issue(const UserRow& user, bool forever) const {
    Claims claims;
    claims.user_id = user.id;
    claims.sub = subject_of(user.email);
    claims.iat = seconds_now();
    claims.forever = forever;
    claims.exp = claims.iat + (forever ? kTenYears : in_seconds(policy_.ttl));
    claims.jti = store::random_hex(16);
    Issued issued;
    issued.session.token = sign_token(claims, store_.instance().token_key);
    issued.session.expires_at = claims.exp;
    issued.row.token_hash = store::sha256_hex(issued.session.token);
    issued.row.user_id = user.id;
    issued.row.iat = claims.iat;
    issued.row.exp = claims.exp;
    return issued;
}

Task<Result<Session>> Sessions::open(const UserRow& user, bool remember_me) {
    const Issued issued = issue(user, remember_me && policy_.allows_forever);
    auto work = [row = issued.row,
                 keep = in_seconds(policy_.refresh_ttl)](Tables& tables) -> Status {
        SLUICE_CHECK(record(tables, row, row.iat - keep));
        return tables.users.note_login(row.user_id, row.iat);
    };
    CO_CHECK(co_await store_.write(std::move(work)));
    co_return issued.session;
}

Task<Result<Identity>> Sessions::identity_of(Claims claims, std::string token) {
    auto work = [claims, hash = store::sha256_hex(token)](Tables& tables) {
        return find_identity(tables, claims, hash);
    };
    co_return co_await store_.read(std::move(work));
}

Task<Result<Identity>> Sessions::check(std::string token) {
    CO_TRY(const Claims claims, read_token(token, store_.instance().token_key));
    if (claims.exp <= seconds_now()) {
        co_return expired();
    }
    co_return co_await identity_of(claims, std::move(token));
}

Status Sessions::check_refreshable(const Claims& claims) const {
    if (!claims.forever && claims.iat + in_seconds(policy_.refresh_ttl) <= seconds_now()) {
        return expired();
    }
    return {};
}

Task<Result<Identity>> Sessions::check_for_refresh(std::string token) {
    CO_TRY(const Claims claims, read_token(token, store_.instance().token_key));
    CO_CHECK(check_refreshable(claims));
    co_return co_await identity_of(claims, std::move(token));
}

Task<Result<Session>> Sessions::refresh(std::string token) {
    CO_TRY(const Claims claims, read_token(token, store_.instance().token_key));
    CO_CHECK(check_refreshable(claims));
    // In one transaction: of several exchanges, or one and a log-out, only the first finds the
    // token good.
    auto work = [this, claims, old = store::sha256_hex(token)](Tables& tables) -> Result<Session> {
        SLUICE_TRY(const Identity identity, find_identity(tables, claims, old));
        const Issued issued = issue(identity.user, claims.forever && policy_.allows_forever);
        SLUICE_CHECK(revoke(tables, old));
        SLUICE_CHECK(record(tables, issued.row, issued.row.iat - in_seconds(policy_.refresh_ttl)));
        return issued.session;
    };
    co_return co_await store_.write(std::move(work));
}

Task<Status> Sessions::close(std::string token) {
    auto work = [hash = store::sha256_hex(token)](Tables& tables) { return revoke(tables, hash); };
    co_return co_await store_.write(std::move(work));
}

}  // namespace sluice::access
