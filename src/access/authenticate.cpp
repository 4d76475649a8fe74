#include "access/authenticate.h"

#include "access/make_principal.h"
#include "access/public_paths.h"
#include "store/digest.h"

namespace sluice::access {
namespace {

void make_key(std::string& key, const Credentials& credentials) {
    key.assign(credentials.api_key);
    key.push_back('\n');
    if (!credentials.basic.empty()) {
        // A password is not kept in memory longer than it takes to check it.
        key.append("basic ").append(store::sha256_hex(credentials.basic));
    } else {
        key.append(credentials.token);
    }
}

bool is_active_key(const store::Snapshot& snapshot, std::string_view key) {
    const auto found = snapshot.apps_by_key.find(key);
    return found != snapshot.apps_by_key.end() && found->second->is_active;
}

}  // namespace

PrincipalRef Authenticator::find_cached(const std::string& key) const {
    const auto found = entries_.find(key);
    if (found == entries_.end()) {
        return nullptr;
    }
    const Entry& entry = found->second;
    const bool is_good = entry.revision == accounts_.store.revision() &&
                         entry.identity_revision == accounts_.store.identity_revision() &&
                         entry.valid_until > seconds_now();
    return is_good ? entry.principal : nullptr;
}

void Authenticator::remember(const std::string& key, Entry entry) {
    if (entries_.size() >= max_entries_ && !entries_.contains(key)) {
        entries_.clear();  // rare, and everybody is back after one look at the store
    }
    entries_.insert_or_assign(key, std::move(entry));
}

Task<Result<PrincipalRef>> Authenticator::authenticate(const Request& request) {
    if (request.origin.principal) {
        co_return request.origin.principal;
    }
    Credentials credentials = credentials_of(request);
    const bool is_write = request.verb == Verb::Post || request.verb == Verb::Put;
    const bool is_session = is_write && is_session_path(request.path);
    if (is_session && request.verb == Verb::Post) {
        credentials.token = {};
        credentials.basic = {};
    }
    if (credentials.empty()) {
        co_return anonymous_;
    }
    make_key(key_, credentials);
    if (PrincipalRef known = find_cached(key_)) {
        co_return known;
    }
    Presented presented{std::string(credentials.api_key), std::string(credentials.token),
                        std::string(credentials.basic), request.origin.client_address,
                        is_session && request.verb == Verb::Put};
    auto verified = co_await verify(std::move(presented), key_);
    if (!verified && is_public_path(request.path, request.verb) &&
        !(is_session && request.verb == Verb::Put)) {
        co_return anonymous_;
    }
    co_return verified;
}

Task<Result<Identity>> Authenticator::identify(Presented presented) {
    if (!presented.token.empty()) {
        if (presented.may_have_expired) {
            co_return co_await accounts_.sessions.check_for_refresh(std::move(presented.token));
        }
        co_return co_await accounts_.sessions.check(std::move(presented.token));
    }
    const auto login = decode_basic(presented.basic);
    if (!login) {
        co_return fail(ErrorKind::Unauthorized, "Invalid credentials supplied.");
    }
    LoginAttempt attempt;
    attempt.name = login->name;
    attempt.password = login->password;
    attempt.client_address = std::move(presented.client_address);
    co_return co_await accounts_.verify_login(std::move(attempt));
}

Task<Result<PrincipalRef>> Authenticator::verify(Presented presented, std::string key) {
    // Read before the store is asked: a change in between makes the entry stale, not wrong.
    Entry entry;
    entry.revision = accounts_.store.revision();
    entry.identity_revision = accounts_.store.identity_revision();
    entry.valid_until = seconds_now() + 3600;
    Proven proven;
    if (!presented.token.empty() || !presented.basic.empty()) {
        CO_TRY(proven.identity, co_await identify(presented));
        proven.session_token = presented.token;
        entry.valid_until = std::min(entry.valid_until, proven.identity->valid_until);
    }
    const store::SnapshotRef snapshot = accounts_.store.snapshot();
    const bool knows_key = is_active_key(*snapshot, presented.api_key);
    if (knows_key) {
        proven.api_key = presented.api_key;
    }
    entry.principal = make_principal(*snapshot, proven);
    if (!presented.api_key.empty() && !knows_key && !entry.principal->is_unrestricted) {
        co_return fail(ErrorKind::Unauthorized, "Invalid API Key.");
    }
    PrincipalRef principal = entry.principal;
    if (!presented.may_have_expired) {
        remember(key, std::move(entry));
    }
    co_return principal;
}

}  // namespace sluice::access
