#pragma once
/// Who is calling. The common case, a caller seen before, is one hash look-up.

#include <string>

#include "access/accounts.h"
#include "access/credentials.h"
#include "core/principal.h"
#include "core/request.h"
#include "core/task.h"

namespace sluice::access {

/// Threads: one shard.
class Authenticator {
public:
    explicit Authenticator(Accounts& accounts, std::size_t max_entries = 4096)
        : accounts_(accounts), max_entries_(max_entries) {}

    /// Shape:  never null; nothing presented gives the anonymous principal. On the paths that need
    ///         no role, what cannot be verified counts as not presented; a log-in ignores tokens.
    /// Errors: Unauthorized (unknown key, unusable token, wrong password), Forbidden (a token that
    ///         was logged out), TooManyRequests, ServiceUnavailable.
    Task<Result<PrincipalRef>> authenticate(const Request& request);

private:
    struct Entry {
        PrincipalRef principal;
        std::uint64_t revision = 0;
        std::uint64_t identity_revision = 0;
        std::int64_t valid_until = 0;
    };
    struct Presented {
        std::string api_key;
        std::string token;
        std::string basic;
        std::string client_address;
        bool may_have_expired = false;
    };

    /// Null when the caller was not seen before or something changed since.
    PrincipalRef find_cached(const std::string& key) const;
    void remember(const std::string& key, Entry entry);
    Task<Result<Identity>> identify(Presented presented);
    Task<Result<PrincipalRef>> verify(Presented presented, std::string key);

    Accounts& accounts_;
    std::size_t max_entries_;
    PrincipalRef anonymous_ = std::make_shared<const Principal>();
    store::TextMap<Entry> entries_;
    /// Room for the key of a look-up, kept to spare an allocation per request.
    std::string key_;
};

}  // namespace sluice::access
